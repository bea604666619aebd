import { Agent, request } from 'node:http';

/** Callers who ask again and again over connections they keep, and retry nothing. */
export interface SteadyLoad {
  answered(): number;
  /** Everything but the expected status, in words. */
  failures: string[];
  stop(): Promise<void>;
}

export interface SteadyCall {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  expected: number;
}

function ask(url: string, agent: Agent, call: SteadyCall): Promise<number> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {} } = call;
    const sent = request(`${url}${call.path}`, { method, headers, agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(call.body);
  });
}

export function startSteadyLoad(url: string, callers: number, calls: SteadyCall[]): SteadyLoad {
  const agent = new Agent({ keepAlive: true });
  const failures: string[] = [];
  let answered = 0;
  let stopped = false;
  const caller = async (first: number): Promise<void> => {
    for (let turn = first; !stopped; turn += 1) {
      const call = calls[turn % calls.length] as SteadyCall;
      const outcome = await ask(url, agent, call).catch((error: unknown) => String(error));
      if (outcome === call.expected) answered += 1;
      else failures.push(`${call.method ?? 'GET'} ${call.path}: ${outcome}`);
    }
  };
  const all = Array.from({ length: callers }, (_, at) => caller(at));
  return {
    answered: () => answered,
    failures,
    stop: async () => {
      stopped = true;
      await Promise.all(all);
      agent.destroy();
    },
  };
}
