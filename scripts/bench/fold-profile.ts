/** A CPU profile of V8 as two small tables: whose code the time went to, and in which functions. */
import type { Profiler } from 'node:inspector';
import { round, table } from './figures.ts';

export type CpuProfile = Pick<Profiler.Profile, 'nodes' | 'samples' | 'timeDeltas'>;

const parts = 14;
const functions = 18;
/** Waiting is no cost. */
const idle = '(idle)';

/** `node_modules/<package>`, `node:<module>`, or the folder and file of ours. */
export function partOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8 and C++ of Node';
  const pack = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(url)?.[1];
  if (pack !== undefined) return pack;
  if (url.startsWith('node:')) return url.replace(/^node:(?:internal\/)?([^/]+).*$/, 'node:$1');
  return (
    /(?:dist|tree|\/)\/?((?:queue-gateway|core-api|shared|scripts)\/.*)\.[jt]s$/.exec(url)?.[1] ??
    url
  );
}

interface Spent {
  micros: number;
  byPart: Map<string, number>;
  byFunction: Map<string, number>;
}

const add = (to: Map<string, number>, name: string, micros: number): unknown =>
  to.set(name, (to.get(name) ?? 0) + micros);

/** Time a function spent itself, not in what it called. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Spent {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const spent: Spent = { micros: 0, byPart: new Map(), byFunction: new Map() };
  for (const [at, id] of samples.entries()) {
    const frame = byId.get(id);
    const micros = timeDeltas[at] ?? 0;
    if (!frame || frame.functionName === idle) continue;
    const part = partOf(frame.url, frame.functionName);
    spent.micros += micros;
    add(spent.byPart, part, micros);
    const name = frame.functionName || '(anonymous)';
    add(spent.byFunction, name === part ? name : `${name}, ${part}`, micros);
  }
  return spent;
}

/** @param calls that were served meanwhile */
export function foldProfile(profile: CpuProfile, calls: number): string {
  const { micros, byPart, byFunction } = selfTimes(profile);
  const top = (of: Map<string, number>, most: number): (string | number)[][] =>
    [...of]
      .sort(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([name, own]) => [name, round((100 * own) / micros, 1), round(own / calls, 1)]);
  const rest = ['%', 'µs each'];
  return [
    `${round(micros / calls)} µs a call on the main thread, ${calls} calls.`,
    '',
    table(['where', ...rest], top(byPart, parts)),
    '',
    table(['function', ...rest], top(byFunction, functions)),
  ].join('\n');
}
