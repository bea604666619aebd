import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { startStack } from '../../tests/harness/stack.ts';
import { buildPages } from '../pages/build-pages.ts';
import { missingChromium, openChromium } from '../stack/chromium.ts';
import { adminShots } from './admin-shots.ts';
import { type Camera, createCamera } from './camera.ts';
import { fanShots } from './fan-shots.ts';

export interface ScreenshotOptions {
  outDir: string;
  /** Only shots whose name has one of these; all when there are none. */
  words: readonly string[];
  log: (line: string) => void;
}

/** What is photographed: each feature has its own list. */
const albums: readonly ((camera: Camera) => Promise<void>)[] = [fanShots, adminShots];

async function openBrowser(log: ScreenshotOptions['log']): Promise<Browser> {
  const executablePath = await openChromium({ env: process.env, log });
  if (executablePath === undefined) throw new Error(missingChromium);
  return chromium.launch({ executablePath, args: ['--disable-gpu'] });
}

export async function takeScreenshots({ outDir, words, log }: ScreenshotOptions): Promise<void> {
  await buildPages();
  const browser = await openBrowser(log);
  const stack = await startStack();
  try {
    const camera = createCamera({
      browser,
      stack,
      words,
      log,
      toPath: (name) => join(outDir, name),
    });
    for (const album of albums) await album(camera);
  } finally {
    await browser.close();
    await stack.close();
  }
}
