import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { runCommand } from '../stack/run-command.ts';
import type { BenchPlan } from './plan.ts';

/** What `--write` puts anew; the rest of the document is written by hand. */
const marks = { from: '<!-- last run -->', to: '<!-- end of the last run -->' };

const lineOf = async (command: string, args: string[], cwd: string): Promise<string> => {
  const { code, output } = await runCommand(command, args, { cwd, env: process.env });
  return code === 0 ? (output.trim().split('\n')[0] ?? '') : '';
};

async function versionOf(command: string, flag: string, cwd: string): Promise<string> {
  const line = await lineOf(command, [flag], cwd);
  return /\d+\.\d+(?:\.\d+)?/.exec(line.replace(/^.* from /, ''))?.[0] ?? '(not on PATH)';
}

/** Where, when and what, so that figures of two runs are not taken for one. */
export async function describeRun(rootDir: string, asked: string): Promise<string> {
  const [cpu] = cpus();
  const commit = await lineOf('git', ['rev-parse', '--short', 'HEAD'], rootDir);
  const changed = await lineOf('git', ['status', '--porcelain', '-uno'], rootDir);
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const versions = [
    `Node ${process.version.slice(1)}`,
    `MariaDB ${await versionOf('mariadbd', '--version', rootDir)}`,
    `Redis ${await versionOf('redis-server', '--version', rootDir)}`,
    `nginx ${await versionOf('nginx', '-v', rootDir)}`,
  ];
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `- \`npm run bench${asked}\`, ${date} UTC`,
    `- commit ${commit || 'unknown'}${changed === '' ? '' : ' with changes that are not committed'}`,
    `- ${cpus().length} × ${cpu?.model ?? 'cpu'}, ${gigabytes} GB`,
    `- ${versions.join(', ')}`,
  ].join('\n');
}

/** What a bench printed, under what it measures and what bounds it. */
export const sectionOf = ({ name, what, limit }: BenchPlan, text: string): string =>
  `### ${name}\n\n${what}. Limit: ${limit}.\n\n${text}`;

/** @returns the document with this report in the place of the one before. */
export function withReport(document: string, report: string): string {
  const [before = '', rest = ''] = document.split(marks.from);
  const after = rest.split(marks.to)[1];
  if (after === undefined) throw new Error(`The document has no ${marks.from} … ${marks.to}`);
  return `${before}${marks.from}\n\n${report}\n\n${marks.to}${after}`;
}

export function writeReport(file: string, report: string): void {
  writeFileSync(file, withReport(readFileSync(file, 'utf8'), report));
}
