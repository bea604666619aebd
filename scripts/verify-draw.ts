/**
 * `npm run verify-draw -- http://host/queue/1/draw --receipt receipt.txt`: does a draw again from what
 * anybody can read, and ends with 1 when something does not fit.
 *
 * The draw comes from its URL or from a file with the same JSON. `--receipt` (text or file), or
 * `--index`, says whose number is wanted; `--number` which one it should be. From a URL the leaves of
 * all receipts are read too, and the signature of the receipt is checked with the published keys;
 * `--leaves` names a file with the pages of leaves instead. docs/draw.md has every byte of it.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Draw } from '../shared/contracts/queue.ts';
import { isMain } from './is-main.ts';
import { numberOption, textOption } from './options.ts';
import {
  checkDraw,
  type Check,
  type LeafPage,
  type PublishedKeys,
} from './verify-draw/check-draw.ts';

export interface Question {
  /** A URL that ends with `/draw`, or a file. */
  source: string;
  receipt?: string | undefined;
  index?: number | undefined;
  number?: number | undefined;
  /** File with an array of pages of leaves. */
  leaves?: string | undefined;
}

const usage =
  'Usage: npm run verify-draw -- <url of the draw | file> [--receipt <text | file>] [--index <n>] [--number <n>] [--leaves <file>]';

/** @throws Error with a sentence for the person who typed it. */
export function readQuestion(argv: readonly string[]): Question {
  const [source, ...flags] = argv;
  if (source === undefined || source.startsWith('-')) throw new Error(usage);
  const whole = (flag: string): number | undefined =>
    numberOption(flags, flag, { fallback: 0, min: 0, max: 999_999_999 }) || undefined;
  const receipt = textOption(flags, '--receipt');
  return {
    source,
    receipt: receipt && existsSync(receipt) ? readFileSync(receipt, 'utf8') : receipt,
    index: whole('--index'),
    number: whole('--number'),
    leaves: textOption(flags, '--leaves'),
  };
}

const isUrl = (source: string): boolean => /^https?:\/\//.test(source);

async function fetchJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()) as T;
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

async function fetchLeaves(url: string): Promise<LeafPage[]> {
  const pages: LeafPage[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const from = cursor === '' ? '' : `?cursor=${cursor}`;
    const page: LeafPage = await fetchJson(`${url}/leaves${from}`);
    pages.push(page);
    cursor = page.nextCursor;
  }
  return pages;
}

/** Reads what there is to read, and checks it. */
export async function verifyDraw(question: Question): Promise<Check[]> {
  const { source, leaves } = question;
  const online = isUrl(source);
  const draw = online ? await fetchJson<Draw>(source) : readJson<Draw>(source);
  const pages = leaves ? readJson<LeafPage[]>(leaves) : online && (await fetchLeaves(source));
  const keys =
    online && question.receipt !== undefined
      ? await fetchJson<PublishedKeys>(new URL('/.well-known/jwks.json', source).href)
      : undefined;
  return checkDraw(draw, { ...question, pages: pages || undefined, keys });
}

const marks = { right: '✔', wrong: '✘', unknown: '–' } as const;

async function main(): Promise<void> {
  const checks = await verifyDraw(readQuestion(process.argv.slice(2)));
  for (const { verdict, what } of checks) console.log(`${marks[verdict]} ${what}`);
  if (checks.some(({ verdict }) => verdict === 'wrong')) process.exitCode = 1;
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
