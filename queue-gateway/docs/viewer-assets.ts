import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Asset {
  bytes: Buffer;
  type: string;
  etag: string;
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Concert on-sale: the API</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="viewer"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/init.js"></script>
  </body>
</html>
`;

const init = `window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  persistAuthorization: false,
});
`;

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
};

const packageFiles = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

function toAsset(bytes: Buffer, extension: string): Asset {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { bytes, type: types[extension] ?? 'application/octet-stream', etag: `"${hash}"` };
}

/** The page and its files, read once. A name that is not in the list is not there. */
export function loadViewerAssets(): { page: Asset; files: ReadonlyMap<string, Asset> } {
  // Found, not imported: the package's main file would load the whole viewer into this process.
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files = new Map<string, Asset>([['init.js', toAsset(Buffer.from(init), 'js')]]);
  for (const name of packageFiles) {
    const extension = name.slice(name.lastIndexOf('.') + 1);
    files.set(name, toAsset(readFileSync(join(folder, name)), extension));
  }
  return { page: toAsset(Buffer.from(page), 'html'), files };
}
