import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { coreVariables } from '../core-api/config.ts';
import { gatewayVariables } from '../queue-gateway/config.ts';
import { isMain } from './is-main.ts';
import { curlStory } from './stack/curl-story.ts';

interface Variable {
  name: string;
  default: string;
  what: string;
}

/** What only `npm start` and the commands read. */
const scriptVariables: readonly Variable[] = [
  { name: 'DATA_DIR', default: '.data', what: 'data, keys and logs of `npm start`' },
  { name: 'ADMIN_USER_NAME', default: 'admin', what: 'the account that seeding makes an admin' },
  { name: 'ADMIN_PASSWORD', default: 'random', what: 'its password; a random one is printed once' },
];

const readmePath = fileURLToPath(new URL('../README.md', import.meta.url));

/** The README with its generated parts made anew: the configuration and the curl story. */
export function renderReadme(text: string): string {
  const story = ['```sh', curlStory('http://127.0.0.1:8080').trimEnd(), '```'].join('\n');
  return replacePart(replacePart(text, 'config', configTable()), 'curl-story', story);
}

function configTable(): string {
  const readers = [
    { reader: 'both', of: coreVariables.filter(({ name }) => isShared(name)) },
    { reader: 'gateway', of: gatewayVariables.filter(({ name }) => !isShared(name)) },
    { reader: 'core', of: coreVariables.filter(({ name }) => !isShared(name)) },
    { reader: 'start, seed', of: scriptVariables },
  ];
  const rows = readers.flatMap(({ reader, of }) =>
    of.map(
      ({ name, default: fallback, what }) => `| \`${name}\` | ${fallback} | ${reader} | ${what} |`,
    ),
  );
  return ['| variable | default | read by | what |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

const isShared = (name: string): boolean =>
  coreVariables.some((one) => one.name === name) &&
  gatewayVariables.some((one) => one.name === name);

function replacePart(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`the README has no part ${name}`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

export const readReadme = (): string => readFileSync(readmePath, 'utf8');

if (isMain(import.meta.url)) writeFileSync(readmePath, renderReadme(readReadme()));
