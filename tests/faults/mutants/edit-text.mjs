// Put before a service's file: `node --import …/edit-text.mjs service.ts` with EDITS in the
// environment. Replaces texts of the product while they are read; nothing of it is on disk.
import fs from 'node:fs';
import { register, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import { applyEdits } from './apply-edits.mjs';

const edits = JSON.parse(process.env.EDITS ?? '[]');

// Sources, as modules.
register('./edit-hook.mjs', { parentURL: import.meta.url, data: edits });

// Scripts for Redis, as files.
const { readFileSync } = fs;
fs.readFileSync = (file, ...rest) => {
  const content = readFileSync(file, ...rest);
  if (typeof content !== 'string') return content;
  const path = file instanceof URL ? fileURLToPath(file) : String(file);
  return path.endsWith('.lua') ? applyEdits(path, content, edits) : content;
};
syncBuiltinESMExports();
