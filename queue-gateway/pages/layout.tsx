import type { Child } from 'hono/jsx';
import { languages, type Language } from './i18n/language.ts';
import type { Translate } from './i18n/translate.ts';
import type { CommonKey } from './messages/common.ts';
import type { PageAssets } from './page-assets.ts';

export interface LayoutProps {
  title: string;
  language: Language;
  t: Translate<CommonKey>;
  assets: PageAssets;
  /** Path and query of this very page, to come back to. */
  path: string;
  userName: string | undefined;
  /** Nobody knows here whether the reader is logged in. */
  isShared: boolean;
  scripts: readonly string[];
  styles: readonly string[];
  plainUrl?: string | undefined;
  data?: unknown;
  children?: Child;
}

const languageNames: Record<Language, string> = { en: 'English', ko: '한국어' };

function Head({ title, t, assets, scripts, styles, plainUrl }: LayoutProps) {
  const scriptFiles = scripts.flatMap((entry) => assets.script(entry).slice(0, 1));
  const imports = new Set(scripts.flatMap((entry) => assets.script(entry).slice(1)));
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} · ${t('brand')}`}</title>
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      {['app', ...styles].map((name) => (
        <link rel="stylesheet" href={assets.style(name)} />
      ))}
      {[...imports].map((file) => (
        <link rel="modulepreload" href={file} />
      ))}
      {scriptFiles.map((file) => (
        <script type="module" src={file}></script>
      ))}
      {plainUrl === undefined ? null : (
        <noscript>
          <meta http-equiv="refresh" content={`0; url=${plainUrl}`} />
        </noscript>
      )}
    </head>
  );
}

/** A switch that works without scripts and comes back to where it was used. */
function LanguageSwitch({ language, t, path }: LayoutProps) {
  return (
    <form class="languages" method="post" action="/language" aria-label={t('language')}>
      <input type="hidden" name="to" value={path} />
      {languages.map((one) => (
        <button
          name="language"
          value={one}
          lang={one}
          aria-pressed={one === language ? 'true' : 'false'}
        >
          {languageNames[one]}
        </button>
      ))}
    </form>
  );
}

const accountPath = /^\/(login|register)\b/;

/** Out, or in and back to this page; on a page that is shared by everybody, neither. */
function Account({ t, userName, isShared, path }: LayoutProps) {
  if (userName !== undefined)
    return (
      <form method="post" action="/logout">
        <button class="link">{t('logOut')}</button>
      </form>
    );
  if (isShared || accountPath.test(path)) return null;
  return <a href={`/login?to=${encodeURIComponent(path)}`}>{t('logIn')}</a>;
}

function Header(props: LayoutProps) {
  const { t } = props;
  return (
    <header class="top">
      <a class="brand" href="/">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 12h5M10.5 12h3M16 12h2" />
          <circle cx="20.5" cy="12" r="1.6" />
        </svg>
        {t('brand')}
      </a>
      <nav aria-label={t('navMenu')}>
        <a href="/">{t('navConcerts')}</a>
        <a href="/me/tickets">{t('navTickets')}</a>
        <a href="/me/points">{t('navPoints')}</a>
        <Account {...props} />
      </nav>
      <LanguageSwitch {...props} />
    </header>
  );
}

/** The frame of every page. */
export function Layout(props: LayoutProps) {
  const { t, language, data, children } = props;
  return (
    <html lang={language}>
      <Head {...props} />
      <body>
        <a class="skip" href="#main">
          {t('skip')}
        </a>
        <Header {...props} />
        <p class="offline" id="offline" role="status" hidden>
          {t('offline')}
        </p>
        <main id="main">{children}</main>
        <footer class="bottom">
          <p>{t('footer')}</p>
          <a href="/docs">{t('apiDocs')}</a>
        </footer>
        {data === undefined ? null : (
          <script
            type="application/json"
            id="data"
            dangerouslySetInnerHTML={{ __html: JSON.stringify(data).replace(/</g, '\\u003c') }}
          />
        )}
      </body>
    </html>
  );
}
