import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openApiText } from '../shared/contracts/openapi.ts';
import { isMain } from './is-main.ts';

/** Where the document is committed. */
export const openApiFile = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));

/** `npm run openapi`: writes the document anew from the contracts. */
export async function writeOpenApi(): Promise<void> {
  await writeFile(openApiFile, openApiText());
}

if (isMain(import.meta.url)) await writeOpenApi();
