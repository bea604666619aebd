import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Stack } from '../../tests/harness/stack.ts';
import type { Fan } from '../client/fan.ts';

export interface Shot {
  name: string;
  path: string;
  /** Logged in as. */
  fan?: Fan;
  languages?: readonly ('en' | 'ko')[];
  dark?: boolean;
  /** What to do before the picture is taken. */
  before?: (page: Page) => Promise<void>;
}

export interface Camera {
  readonly stack: Stack;
  /** The page in both widths. */
  take(shot: Shot): Promise<void>;
}

export interface CameraDeps {
  browser: Browser;
  stack: Stack;
  words: readonly string[];
  toPath: (name: string) => string;
  log: (line: string) => void;
}

const widths = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 },
} as const;

async function logIn(context: BrowserContext, stack: Stack, fan: Fan): Promise<void> {
  await context.addCookies([
    { name: 'session', value: fan.accessToken, url: stack.gatewayUrl, httpOnly: true },
  ]);
}

export function createCamera({ browser, stack, words, toPath, log }: CameraDeps): Camera {
  return {
    stack,
    async take({ name, path, fan, languages = ['en'], dark = false, before }) {
      if (words.length > 0 && !words.some((word) => name.includes(word))) return;
      for (const language of languages) {
        for (const [width, size] of Object.entries(widths)) {
          const context = await browser.newContext({
            ...size,
            baseURL: stack.gatewayUrl,
            locale: language === 'ko' ? 'ko-KR' : 'en-GB',
            colorScheme: dark ? 'dark' : 'light',
            reducedMotion: 'reduce',
          });
          if (fan) await logIn(context, stack, fan);
          const page = await context.newPage();
          await page.goto(path);
          await before?.(page);
          const file = toPath(`${name}-${language}-${width}.png`);
          await page.screenshot({ path: file, fullPage: true });
          log(file);
          await context.close();
        }
      }
    },
  };
}
