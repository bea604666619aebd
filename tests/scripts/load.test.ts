import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { driveNative } from '../../scripts/load/native/drive.ts';
import {
  type LoadPlan,
  planLoad,
  type ScenarioName,
  scenarioNames,
} from '../../scripts/load/plan.ts';
import { prepareLoad } from '../../scripts/load/prepare-load.ts';
import { judge } from '../../scripts/load/summary.ts';
import { type Stack, startStack } from '../harness/stack.ts';
import { root } from '../tidy/tree.ts';

describe('the load scenarios, by the native driver', () => {
  let stack: Stack;
  const dir = mkdtempSync(join(tmpdir(), 'load-test-'));
  before(async () => {
    stack = await startStack();
  });
  after(async () => {
    await stack.close();
    rmSync(dir, { recursive: true });
  });

  async function drive(
    scenario: ScenarioName,
    env: Record<string, string>,
    waitsBy: LoadPlan['waitsBy'] = 'polling',
  ) {
    const plan = planLoad(scenario, env, waitsBy);
    const setup = await prepareLoad(stack, plan);
    const summaryFile = join(dir, `${scenario}.json`);
    const { signal } = new AbortController();
    const run = { plan, setup, setupFile: '', summaryFile, signal };
    const summary = await driveNative(run, { workers: 1, connections: 32 });
    expect(JSON.parse(readFileSync(summaryFile, 'utf8'))).to.deep.equal(summary);
    return summary;
  }

  it('seat-rush sells every seat once and every fan comes to an end', async () => {
    const summary = await drive('seat-rush', { FANS: '60', SEATS: '20', RATE: '120' });
    expect(judge(summary).filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(summary.counts.seats_sold).to.equal(20);
    expect(await stack.violations()).to.deep.equal([]);
  });

  it('seat-rush tells who comes after the last seat that all are sold', async () => {
    const summary = await drive('seat-rush', { FANS: '20', SEATS: '1', RATE: '10' });
    expect(judge(summary).filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(summary.counts.seats_sold).to.equal(1);
    expect(summary.counts.sold_out_answers).to.be.greaterThan(0);
    expect(await stack.violations()).to.deep.equal([]);
  });

  it('full-journey and soak end with every answer expected and the books in order', async () => {
    for (const scenario of ['full-journey', 'soak'] as const) {
      const summary = await drive(scenario, { FANS: '20', RATE: '20', SECONDS: '1' });
      expect(judge(summary).filter(({ ok }) => !ok)).to.deep.equal([]);
      expect(summary.counts.fans_done).to.equal(20);
    }
    expect(await stack.violations()).to.deep.equal([]);
  });

  it('lets fans wait by events who ask for their place only when they have heard of their turn', async () => {
    const env = { FANS: '60', SEATS: '20', RATE: '600', ADMIT_PER_SECOND: '20' };
    const summary = await drive('seat-rush', env, 'events');
    expect(judge(summary).filter(({ ok }) => !ok)).to.deep.equal([]);
    const { counts, calls } = summary;
    const listened = calls.events?.count ?? 0;
    expect(listened).to.be.greaterThan(0);
    expect(counts.stream_events).to.be.at.least(listened);
    // Nobody asked before: those who waited asked when it was time, and a moment later again at most.
    expect(counts.polls).to.be.at.most(3 * listened);
    expect(await stack.violations()).to.deep.equal([]);
  });

  it('sees it when the system does not do what is asked', async () => {
    const plan = planLoad('seat-rush', { FANS: '5', SEATS: '2' });
    const setup = await prepareLoad(stack, plan);
    const fans = setup.fans.map((fan) => ({ ...fan, accessToken: 'forged' }));
    const summaryFile = join(dir, 'forged.json');
    const { signal } = new AbortController();
    const run = { plan, setup: { ...setup, fans }, setupFile: '', summaryFile, signal };
    const broken = judge(await driveNative(run, { workers: 1 })).filter(({ ok }) => !ok);
    expect(broken.map(({ name }) => name)).to.deep.equal(['unexpected', 'seats_sold']);
  });
});

describe('the k6 scripts', () => {
  it('are there for every scenario', () => {
    for (const name of scenarioNames) {
      expect(existsSync(join(root, 'scripts/k6', `${name}.ts`)), name).to.equal(true);
    }
  });
});
