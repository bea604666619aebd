import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { applyEdits } from './apply-edits.mjs';

let edits = [];

export function initialize(data) {
  edits = data;
}

/** Stands before the loader that reads TypeScript, which is handed the edited text. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || url.includes('/node_modules/')) return nextLoad(url, context);
  const path = fileURLToPath(url.split('?')[0]);
  if (!edits.some(({ file }) => path.endsWith(file))) return nextLoad(url, context);
  const source = applyEdits(path, await readFile(path, 'utf8'), edits);
  return { format: 'module', source, shortCircuit: true };
}
