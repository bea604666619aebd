import { expect } from 'chai';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { findChromium, missingChromium } from '../../scripts/stack/chromium.ts';
import { buildPages } from '../../scripts/pages/build-pages.ts';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import type { Fan } from '../../scripts/client/fan.ts';

/** One stack and one browser for all tests of the pages: starting them is most of what they cost. */
let opened: Promise<{ browser: Browser; stack: Stack }> | undefined;

async function open() {
  await buildPages();
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error(missingChromium);
  const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] });
  return { browser, stack: await startStack() };
}

export const openPages = (): Promise<{ browser: Browser; stack: Stack }> => (opened ??= open());

after(async () => {
  if (!opened) return;
  const { browser, stack } = await opened;
  opened = undefined;
  await browser.close();
  await stack.close();
});

export interface VisitorOptions {
  language?: 'en' | 'ko';
  width?: 'phone' | 'desktop';
  javaScript?: boolean;
  dark?: boolean;
  /** Logged in as this fan. */
  fan?: Fan;
}

const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

/** A browser profile of its own: cookies, language, size. */
export async function newVisitor(options: VisitorOptions = {}): Promise<BrowserContext> {
  const { browser, stack } = await openPages();
  const { language = 'en', width = 'phone', javaScript = true, dark = false, fan } = options;
  const context = await browser.newContext({
    baseURL: stack.gatewayUrl,
    locale: language === 'ko' ? 'ko-KR' : 'en-GB',
    viewport: sizes[width],
    javaScriptEnabled: javaScript,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(30_000);
  if (fan) {
    const cookie = { name: 'session', value: fan.accessToken, url: stack.gatewayUrl };
    await context.addCookies([{ ...cookie, httpOnly: true, sameSite: 'Lax' }]);
  }
  return context;
}

/** Is to be seen within this time, as far as the machine let anybody run. */
export const seenWithin = (deadlineMs: number, what: Locator): Promise<void> =>
  eventually(async () => void expect(await what.isVisible()).to.equal(true), { deadlineMs });

/** A page that fails its test when a script of it throws, or breaks the content policy. */
export async function newPage(context: BrowserContext): Promise<Page & { faults: string[] }> {
  const page = Object.assign(await context.newPage(), { faults: [] as string[] });
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text()))
      page.faults.push(message.text());
  });
  return page;
}
