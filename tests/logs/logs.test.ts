import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

/** What must not be in a log. */
export interface Secret {
  name: string;
  value: string;
}

interface Line {
  level?: number;
  time?: string;
  service?: string;
  msg?: string;
}

const story = fileURLToPath(new URL('talkative-story.ts', import.meta.url));

describe('the logs of both services at their most talkative', () => {
  let log: string;
  let lines: string[];
  let secrets: Secret[];
  before(async () => {
    const child = fork(story, { execArgv: ['--import', 'tsx'], silent: true });
    let errors = '';
    log = '';
    child.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const told = once(child, 'message');
    const [code] = (await once(child, 'close')) as [number];
    expect(code, errors.slice(-2_000)).to.equal(0);
    [secrets] = (await told) as [Secret[]];
    lines = log.split('\n').filter((line) => line !== '');
  });

  it('say a lot, of both services, also of what went wrong', () => {
    const parsed = lines.map((line) => JSON.parse(line) as Line);
    expect(new Set(parsed.map(({ service }) => service))).to.deep.equal(
      new Set(['core-api', 'queue-gateway']),
    );
    expect(lines.length).to.be.greaterThan(30);
    for (const what of ['request refused', 'request failed', 'answered', 'Error'])
      expect(log, what).to.include(what);
  });

  it('hold no password, no hash and no token', () => {
    expect(secrets.length).to.be.at.least(7);
    for (const { name, value } of secrets) {
      expect(value.length, name).to.be.greaterThan(20);
      // A library may quote a piece of what it was given.
      const found = lines.find((line) => line.includes(value.slice(0, 9)));
      expect(found, name).to.equal(undefined);
    }
    const anyToken = /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}|\$argon2/;
    expect(lines.find((line) => anyToken.test(line))).to.equal(undefined);
  });

  it('have a line for a line: nothing that was sent begins one', () => {
    for (const line of lines) {
      const { level, time, service, msg } = JSON.parse(line) as Line;
      expect([typeof level, typeof time, typeof service], line).to.deep.equal([
        'number',
        'string',
        'string',
      ]);
      expect(msg, line).not.to.equal('FORGED');
    }
  });
}).timeout(60_000);
