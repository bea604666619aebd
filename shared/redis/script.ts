import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RedisClient } from './client.ts';
import { callStore } from './store-errors.ts';

/**
 * Lua commands as files. A file starts with its contract as comment lines:
 *
 *     -- join: gives numbers to accounts.
 *     -- REPEAT: why running it twice does no harm.
 *     -- KEYS: state accounts
 *     -- ARGV: channel userIds...
 *     -- REPLY: what comes back.
 *     -- INCLUDE: parts/room parts/admit
 *
 * with lines that go on three spaces further in, and names its keys and arguments: `key.state`, `arg.channel`; `userIds...` is a list, whose
 * first index in ARGV is `arg.userIds`. Names become `KEYS[n]` and `ARGV[n]` when the file loads,
 * so they cost nothing. Parts have the same header without ARGV; their keys are declared by the
 * file that includes them.
 */
export interface ScriptText {
  readonly name: string;
  readonly text: string;
  readonly sha: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** The last argument is a list. */
  readonly hasList: boolean;
}

type ArgValue = string | number | Buffer | readonly (string | number)[];

/** Runs the script once. `keys` and `args` are given by name. */
export type Script<Args extends object, Reply> = (
  client: RedisClient,
  keys: Readonly<Record<string, string>>,
  args: Args,
) => Promise<Reply>;

class ScriptFault extends Error {
  constructor(name: string, fault: string) {
    super(`${name}.lua: ${fault}`);
    this.name = 'ScriptFault';
  }
}

function header(name: string, text: string, field: string): string[] {
  const found = new RegExp(`^-- ${field}:(.*(?:\\n--   .*)*)`, 'm').exec(text);
  if (!found) throw new ScriptFault(name, `the header has no ${field}`);
  const words = (found[1] ?? '').replace(/\n--/g, ' ').split(/\s+/);
  return words.filter((word) => word !== '' && word !== '-');
}

const used = (text: string, prefix: string): Set<string> =>
  new Set(
    [...text.matchAll(new RegExp(`\\b${prefix}\\.(\\w+)`, 'g'))].map(([, word]) => word ?? ''),
  );

function checkNames(name: string, what: string, declared: string[], found: Set<string>): void {
  const missing = [...found].filter((word) => !declared.includes(word));
  if (missing.length > 0) throw new ScriptFault(name, `${what} not declared: ${missing.join(' ')}`);
  const idle = declared.filter((word) => !found.has(word));
  if (idle.length > 0) throw new ScriptFault(name, `${what} declared, not used: ${idle.join(' ')}`);
  if (new Set(declared).size < declared.length) throw new ScriptFault(name, `${what} twice`);
}

const withoutComments = (text: string): string => text.replace(/^\s*--.*\n/gm, '');

/**
 * Reads and checks a file.
 * @throws Error when the header lacks a field, or declares other keys or arguments than are used.
 */
export function loadScript(file: URL): ScriptText {
  const name = (fileURLToPath(file).split(/[/\\]/).at(-1) ?? '').replace(/\.lua$/, '');
  const own = readFileSync(file, 'utf8');
  for (const field of ['REPEAT', 'REPLY']) header(name, own, field);
  const parts = header(name, own, 'INCLUDE').map((part) => {
    const text = readFileSync(new URL(`${part}.lua`, file), 'utf8');
    header(part, text, 'KEYS');
    return text;
  });
  const body = withoutComments([...parts, own].join('\n'));
  const keys = header(name, own, 'KEYS');
  const listed = header(name, own, 'ARGV');
  const args = listed.map((word) => word.replace('...', ''));
  checkNames(name, 'KEYS', keys, used(body, 'key'));
  checkNames(name, 'ARGV', args, used(body, 'arg'));
  if (listed.slice(0, -1).some((word) => word.endsWith('...')))
    throw new ScriptFault(name, 'only the last argument can be a list');
  const text = body
    .replace(/\bkey\.(\w+)/g, (_, word: string) => `KEYS[${keys.indexOf(word) + 1}]`)
    .replace(/\barg\.(\w+)/g, (_, word: string) => {
      const index = args.indexOf(word) + 1;
      return listed[index - 1]?.endsWith('...') ? String(index) : `ARGV[${index}]`;
    });
  const sha = createHash('sha1').update(text).digest('hex');
  return { name, text, sha, keys, args, hasList: listed.at(-1)?.endsWith('...') ?? false };
}

function pick(
  script: ScriptText,
  from: Readonly<Record<string, ArgValue>>,
  name: string,
): ArgValue {
  const value = from[name];
  if (value === undefined) throw new ScriptFault(script.name, `${name} is not given`);
  return value;
}

async function send(client: RedisClient, script: ScriptText, values: string[]): Promise<unknown> {
  const count = script.keys.length;
  try {
    return await client.evalsha(script.sha, count, ...values);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return client.eval(script.text, count, ...values);
  }
}

/**
 * A typed command. It is sent by its hash, and as a whole when the server does not know it.
 * @param parse turns the raw reply into words and numbers of ours.
 * @throws Problem `unavailable` when Redis cannot serve it now.
 */
export function defineScript<Args extends object, Reply>(
  file: URL,
  parse: (raw: unknown) => Reply,
): Script<Args, Reply> {
  const script = loadScript(file);
  return async function run(client, keys, args) {
    const given = args as Readonly<Record<string, ArgValue>>;
    const values = [
      ...script.keys.map((name) => pick(script, keys, name) as string),
      ...script.args.flatMap((name) => pick(script, given, name) as string),
    ];
    return parse(await callStore(() => send(client, script, values)));
  };
}
