// Put before a service's file: `node --import …/edit-text.mjs service.ts`, with the name of a file of
// JSON in MUTANT_FILE: `edits` replace texts of the product while they are read, so that nothing of
// it is on disk, and `env` goes over the service's environment.
import fs from 'node:fs';
import { register, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import { applyEdits } from './apply-edits.mjs';

const { readFileSync, existsSync } = fs;
const file = process.env.MUTANT_FILE ?? '';
const { edits, env } = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { edits: [], env: {} };
Object.assign(process.env, env);

// Sources, as modules.
register('./edit-hook.mjs', { parentURL: import.meta.url, data: edits });

// Scripts for Redis, as files.
fs.readFileSync = (name, ...rest) => {
  const content = readFileSync(name, ...rest);
  if (typeof content !== 'string') return content;
  const path = name instanceof URL ? fileURLToPath(name) : String(name);
  return path.endsWith('.lua') ? applyEdits(path, content, edits) : content;
};
syncBuiltinESMExports();
