import { expect } from 'chai';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages } from './browser.ts';

describe('pages: concerts and accounts', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  it('shows what is on and one concert, in both languages and widths, with nothing in the way', async () => {
    const { concertId } = await stack.createConcert({ seats: 5, price: 10_000 });
    for (const [language, width, dark] of [
      ['en', 'phone', false],
      ['ko', 'desktop', true],
    ] as const) {
      const visitor = await newVisitor({ language, width, dark });
      const page = await newPage(visitor);
      await page.goto('/');
      expect(await page.locator('h1').textContent()).to.equal(
        language === 'en' ? 'Concerts' : '공연',
      );
      await expectAccessible(page);
      await page.locator(`a[href="/c/${concertId}"]`).click();
      await page.waitForURL(`**/c/${concertId}`);
      await expectAccessible(page);
      const isWider = await page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      expect(isWider, 'scrolls sideways').to.equal(false);
      expect(page.faults).to.deep.equal([]);
      await visitor.close();
    }
  });

  it('changes the language by a switch, and comes back to the same page', async () => {
    const visitor = await newVisitor();
    const page = await newPage(visitor);
    await page.goto('/login?to=/c/1');
    await page.getByRole('button', { name: '한국어' }).click();
    await page.waitForURL('**/login?to=/c/1');
    expect(await page.locator('html').getAttribute('lang')).to.equal('ko');
    await visitor.close();
  });

  it('makes an account, logs out and in, and says in words what is wrong', async () => {
    const visitor = await newVisitor();
    const page = await newPage(visitor);
    const name = `fan-${Date.now()}`;
    await page.goto('/register');
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill('a-long-password');
    await page.getByRole('button', { name: 'Make an account' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.goto('/login');
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill('not the password');
    await page.locator('main').getByRole('button', { name: 'Log in' }).click();
    expect(await page.getByRole('alert').textContent()).to.contain(
      'The name or the password is wrong',
    );
    await expectAccessible(page);
    await page.getByLabel('Password').fill('a-long-password');
    await page.locator('main').getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    const [session] = (await visitor.cookies()).filter((cookie) => cookie.name === 'session');
    expect(session).to.include({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(page.faults).to.deep.equal([]);
    await visitor.close();
  });
});
