import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import type { Draw } from '../../shared/contracts/queue.ts';
import type { DrawFacts } from '../../shared/draw.ts';
import { generatePrivateJwk, loadPrivateKeys, toPublicJwks } from '../../shared/keys.ts';
import { createReceipts } from '../../queue-gateway/tokens/receipts.ts';
import { checkDraw, type Evidence, isSigned } from '../../scripts/verify-draw/check-draw.ts';
import { readQuestion, verifyDraw } from '../../scripts/verify-draw.ts';
import { root } from '../tidy/tree.ts';
import { tempDir } from './temp-dir.ts';

interface Vector {
  facts: DrawFacts;
  commitment: string;
  leaves: string[];
  numbers: Record<string, number>;
}

const file = join(root, 'tests/line/vectors/draw.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
const vector = vectors.find(({ facts }) => facts.registered === 17) as Vector;

const toDraw = ({ facts, commitment }: Vector): Draw => ({
  ...facts,
  algorithm: 'draw-v1',
  state: 'DRAWN',
  opensAt: null,
  commitment,
});
const pages = [
  {
    items: vector.leaves.map((leaf, at) => ({ registrationIndex: at + 1, leaf })),
    nextCursor: null,
  },
];
const verdicts = (draw: Draw, evidence: Evidence): string[] =>
  checkDraw(draw, evidence).map(({ verdict }) => verdict);

describe('verify-draw', () => {
  const keys = loadPrivateKeys(JSON.stringify({ keys: [generatePrivateJwk()] }));
  const published = toPublicJwks(keys);
  const receipts = createReceipts({ keys, now: Date.now });
  const receiptOf = (index: number, more: object = {}): Promise<string> =>
    receipts.issue({
      sub: '4',
      room: vector.facts.concertId,
      epoch: 1,
      policyVersion: 3,
      registrationIndex: index,
      leaf: String(vector.leaves[index - 1]),
      ...more,
    });

  it('finds the number of a receipt, and everything right', async () => {
    const receipt = await receiptOf(5, { queueId: String(vector.numbers['5']) });
    const checks = checkDraw(toDraw(vector), { receipt, pages, keys: published });
    expect(checks.map(({ verdict }) => verdict)).to.deep.equal(Array(6).fill('right'));
    expect(checks.at(-1)?.what).to.equal(`index 5 was drawn number ${vector.numbers['5']}`);
  });

  it('sees another secret, another digest, another leaf, room or number, and a forged receipt', async () => {
    const draw = toDraw(vector);
    const receipt = await receiptOf(5);
    const other = { ...draw, secret: 'cd'.repeat(32) };
    expect(verdicts(other, {})[0]).to.equal('wrong');
    expect(verdicts(draw, { pages: [] })).to.include('wrong');
    const swapped = [{ items: [...(pages[0]?.items ?? [])].reverse(), nextCursor: null }];
    expect(verdicts(draw, { pages: swapped })).to.include('wrong');
    expect(verdicts({ ...draw, concertId: '8' }, { receipt })).to.include('wrong');
    expect(
      verdicts(draw, { receipt: await receiptOf(5, { leaf: 'ab'.repeat(20) }), pages }),
    ).to.include('wrong');
    expect(verdicts(draw, { index: 5, number: 99 })).to.include('wrong');
    expect(verdicts(draw, { index: 18 })).to.include('wrong');
    const foreign = toPublicJwks(loadPrivateKeys(JSON.stringify({ keys: [generatePrivateJwk()] })));
    expect(verdicts(draw, { receipt, keys: foreign })).to.include('wrong');
  });

  it('says what cannot be known after a loss, and before the draw', () => {
    const draw = toDraw(vector);
    const lost = [
      { items: pages[0]?.items.map((one) => ({ ...one, leaf: null })) ?? [], nextCursor: null },
    ];
    expect(verdicts(draw, { pages: lost })).to.deep.equal(['right', 'unknown']);
    expect(verdicts({ ...draw, secret: null }, { index: 3 })).to.deep.equal(['unknown']);
  });

  it('confirms 100 joins of one moment with few signatures, each for its own account alone', async () => {
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, at) => receiptOf(1, { sub: String(at + 1) })),
    );
    const signatures = new Set(all.map((text) => text.split('~')[0]));
    expect(signatures.size).to.equal(7);
    for (const text of all) expect(isSigned(text, published)).to.equal(true);
    const [first = '', second = ''] = all;
    const [jws, disclosure = ''] = first.split('~');
    const borrowed = `${jws}~${second.split('~')[1]}~`;
    expect(isSigned(borrowed, published), 'of the same batch').to.equal(true);
    expect(isSigned(`${(all[40] ?? '').split('~')[0]}~${disclosure}~`, published)).to.equal(false);
    const [salt, name, facts] = JSON.parse(Buffer.from(disclosure, 'base64url').toString()) as [
      string,
      string,
      object,
    ];
    const forged = Buffer.from(JSON.stringify([salt, name, { ...facts, sub: '9' }]));
    expect(isSigned(`${jws}~${forged.toString('base64url')}~`, published)).to.equal(false);
  });

  it('reads what a person typed, and ends with 1 when something is wrong', async () => {
    const dir = tempDir();
    const path = dir.write('draw.json', JSON.stringify(toDraw(vector)));
    const number = Number(vector.numbers['7']);
    const question = readQuestion([path, '--index', '7', '--number', String(number)]);
    expect((await verifyDraw(question)).map(({ verdict }) => verdict)).to.deep.equal([
      'right',
      'right',
    ]);
    const run = (wanted: number) =>
      spawnSync(
        process.execPath,
        [
          '--import',
          'tsx',
          'scripts/verify-draw.ts',
          path,
          '--index',
          '7',
          '--number',
          String(wanted),
        ],
        { cwd: root, encoding: 'utf8' },
      );
    expect(run(number).status).to.equal(0);
    const wrong = run(number + 1);
    expect(wrong.status).to.equal(1);
    expect(wrong.stdout).to.include(`and not ${number + 1}`);
    expect(() => readQuestion([])).to.throw('Usage');
    dir.remove();
  }).timeout(20_000);
});
