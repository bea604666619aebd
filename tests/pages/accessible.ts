import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong by WCAG 2.2 AA, told so that it can be mended. */
export async function expectAccessible(page: Page): Promise<void> {
  // Evaluated from outside: the policy of the page lets no script in.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const results: AxeResults = await (
      globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }
    ).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return results.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.map((node) => `${node.html.slice(0, 120)} :: ${node.failureSummary ?? ''}`),
    }));
  });
  expect(found, page.url()).to.deep.equal([]);
}
