import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { pageHeaders } from '../http/security-headers.ts';
import { Layout } from './layout.tsx';
import { commonMessages } from './messages/common.ts';
import type { PageAnswer, PageVisit } from './page.ts';
import type { PageAssets } from './page-assets.ts';

export type Encoding = 'br' | 'gzip' | 'identity';

/** The best that both know (RFC 9110 §12.5.3); a coding with `q=0` is one the reader does not want. */
export function encodingFor(accept: string | undefined): Encoding {
  const takes = (name: string): boolean =>
    new RegExp(`(?:^|[, ])${name}(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`, 'i').test(accept ?? '');
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : 'identity';
}

/** Fast rather than small: made for one reader. What lasts is compressed when it is built. */
export function compress(bytes: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'br')
    return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
  return encoding === 'gzip' ? gzipSync(bytes, { level: 4 }) : bytes;
}

export type HtmlAnswer = Extract<PageAnswer, { title: string }>;

/** A page as the text that goes out. */
export function renderPage(answer: HtmlAnswer, visit: PageVisit, assets: PageAssets): string {
  const { title, body, scripts = [], styles = [], plainUrl, data } = answer;
  const page = (
    <Layout
      title={title}
      language={visit.language}
      t={visit.words(commonMessages)}
      assets={assets}
      path={`${visit.url.pathname}${visit.url.search}`}
      userName={visit.user?.userName}
      isShared={visit.isShared}
      scripts={['every', ...scripts]}
      styles={styles}
      plainUrl={plainUrl}
      data={data}
    >
      {body}
    </Layout>
  );
  return `<!doctype html>${String(page)}`;
}

export const htmlHeaders = (visit: PageVisit, encoding: Encoding): Record<string, string> => ({
  ...pageHeaders,
  'content-type': 'text/html; charset=utf-8',
  'content-language': visit.language,
  vary: 'accept-encoding, accept-language, cookie',
  ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
});

export interface ResponseParts {
  answer: PageAnswer;
  visit: PageVisit;
  assets: PageAssets;
  encoding: Encoding;
}

export function toPageResponse({ answer, visit, assets, encoding }: ResponseParts): Response {
  if ('redirect' in answer)
    return new Response(null, {
      status: 303,
      headers: {
        ...pageHeaders,
        location: answer.redirect,
        'cache-control': 'no-store',
        ...answer.headers,
      },
    });
  if ('text' in answer)
    return new Response(answer.text, {
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `attachment; filename="${answer.fileName}"`,
        'cache-control': 'no-store',
      },
    });
  if ('json' in answer)
    return new Response(JSON.stringify(answer.json), {
      status: answer.status ?? 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  const bytes = compress(Buffer.from(renderPage(answer, visit, assets)), encoding);
  return new Response(new Uint8Array(bytes), {
    status: answer.status ?? 200,
    headers: {
      ...htmlHeaders(visit, encoding),
      'cache-control': 'no-store',
      ...answer.headers,
    },
  });
}
