import type { Draw, Entry } from '../../../../shared/contracts/queue.ts';
import type { Language } from '../../i18n/language.ts';
import { createTranslate, type Values } from '../../i18n/translate.ts';
import type { LineWords } from '../../messages/line.ts';
import { ask } from '../api.ts';
import {
  checkDigest,
  checkReceipt,
  checkSecret,
  drawnNumber,
  factsOf,
  type Verdict,
} from '../draw/check-draw.ts';
import { element, pageData } from '../page-data.ts';

interface DrawData {
  language: Language;
  words: LineWords;
  draw: Draw;
  receipt: string | null;
}

type Words = [key: keyof LineWords, values?: Values];
type Leaves = { items: { leaf: string | null }[]; nextCursor: string | null };
type Keys = Parameters<typeof checkReceipt>[2]['keys'];

const { language, words, draw, receipt } = pageData<DrawData>();
const t = createTranslate(language, words);
const list = element('#checks');
const button = element<HTMLButtonElement>('#check-now');
const said = element('#said');
const mark = { right: '✓', wrong: '✗', unknown: '–' } as const;
const verdictWords = {
  right: 'verdictRight',
  wrong: 'verdictWrong',
  unknown: 'verdictUnknown',
} as const;

async function need<Body>(path: string): Promise<Body> {
  const answer = await ask<Body>(path);
  if (!answer.ok) throw new Error(path);
  return answer.body;
}

function show(verdict: Verdict, ...[key, values]: Words): void {
  const item = document.createElement('li');
  item.className = verdict;
  const sign = document.createElement('span');
  sign.textContent = mark[verdict];
  sign.setAttribute('role', 'img');
  sign.setAttribute('aria-label', t(verdictWords[verdict]));
  item.append(sign, ` ${t(key, values)}`);
  list.append(item);
}

async function readLeaves(): Promise<(string | null)[]> {
  const leaves: (string | null)[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const from: string = cursor === '' ? '' : `?cursor=${cursor}`;
    const page: Leaves = await need<Leaves>(`/queue/${draw.concertId}/draw/leaves${from}`);
    leaves.push(...page.items.map(({ leaf }) => leaf));
    cursor = page.nextCursor;
    if (leaves.length > draw.registered) throw new Error('more leaves than registrations');
  }
  return leaves;
}

/** The number that the line counts by, for who still has a place. */
async function ownNumber(): Promise<number | undefined> {
  const { concertId } = draw;
  const answer = await ask<Entry>(`/c/${concertId}/api/queue/${concertId}/tokens/me`);
  return answer.ok && answer.body.queueId !== null ? Number(answer.body.queueId) : undefined;
}

async function check(): Promise<void> {
  const facts = factsOf(draw);
  if (!facts) return;
  show(await checkSecret(facts, draw.commitment), 'secretFits');
  const leaves = await readLeaves();
  show(await checkDigest(facts, leaves), 'digestFits', { n: facts.registered });
  if (receipt === null) return show('unknown', 'noReceipt');
  const keys = await need<Keys>('/.well-known/jwks.json');
  const {
    verdict,
    index,
    number: given = 0,
  } = await checkReceipt(facts, receipt, { leaves, keys });
  // Who joined again after the draw has a receipt of that; the other one knows the index.
  const isDrawn = given > facts.base && given <= facts.base + facts.registered;
  if (index === undefined) return show('unknown', isDrawn ? 'laterReceipt' : 'notDrawn');
  show(verdict, 'receiptFits', { index });
  const [number, own] = [await drawnNumber(facts, index), await ownNumber()];
  if (own === undefined) show('right', 'numberFits', { index, number });
  else show(own === number ? 'right' : 'wrong', 'numberIsYours', { index, number, own });
}

button.hidden = factsOf(draw) === undefined;
button.addEventListener('click', () => {
  list.replaceChildren();
  button.disabled = true;
  said.textContent = t('checkingNow');
  // Hashing is there on a page that came safely only: HTTPS, or this very machine.
  const checked = globalThis.isSecureContext ? check() : Promise.reject(new Error('not secure'));
  checked
    .then(() => (said.textContent = t('checkedHere')))
    .catch(() => (said.textContent = t('checkFailed')))
    .finally(() => (button.disabled = false));
});
