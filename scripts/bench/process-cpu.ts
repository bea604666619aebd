import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time a process has used so far, in µs: of the threads it has now, as the scheduler counts it
 * (`/proc/<pid>/task/<tid>/schedstat`, in ns; Linux, Documentation/scheduler/sched-stats). The times
 * of `/proc/<pid>/stat` come in ticks of 10 ms, which is more than a whole window may take.
 */
export function cpuMicrosOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => sum + threadMicros(`${tasks}/${task}`), 0);
}

function threadMicros(task: string): number {
  try {
    return Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    return 0; // It has ended meanwhile.
  }
}
