/** `npm run build:pages`: scripts and styles of the pages, hashed and compressed. */
import { isMain } from './is-main.ts';
import { buildPages } from './pages/build-pages.ts';

if (isMain(import.meta.url)) {
  const built = await buildPages();
  for (const { name, bytes, brotliBytes } of built)
    console.log(
      `${name.padEnd(32)} ${String(bytes).padStart(8)} ${String(brotliBytes).padStart(8)} br`,
    );
}
