import { readFileSync } from 'node:fs';

/** USER_HZ of Linux: ticks of /proc/<pid>/stat in a second. */
const ticksPerSecond = 100;

/** CPU time a process has used so far in µs, to the tick of 10 ms; proc(5). */
export function cpuMicrosOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000_000;
}
