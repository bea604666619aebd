import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../shared/seeded-random.ts';
import { eventually } from '../harness/eventually.ts';
import { patience } from '../harness/patience.ts';
import { gatherCrowd } from './crowd.ts';
import { usualHabits } from './habits.ts';
import type { Op } from './history.ts';
import { openHall, usualHall } from './hall.ts';
import { createRecorder } from './recorder.ts';
import { openRig, type PartName, type Rig } from './rig.ts';

const asked: readonly PartName[] = ['core-1', 'gateway-1', 'core-2', 'gateway-2'];
const fans = 24;
/** So slow that calls are on their way at any moment. */
const slowByMs = 30;
const inFlightMin = 8;

const isSame = (a: Op, b: Op): boolean =>
  a.proc === b.proc && a.op === b.op && a.invokedMs === b.invokedMs;

describe('two of everything, each asked to end under load', function () {
  this.timeout(180_000);
  let rig: Rig;
  before(async () => {
    rig = await openRig({ env: { DRAIN_SECONDS: '1', ...patience } });
  });
  after(() => rig.close());

  it('fails no call that was on its way, and ends well', async () => {
    const recorder = createRecorder();
    const opened = await openHall(rig, fans, usualHall(fans));
    const random = seededRandom(9);
    const crowd = gatherCrowd({ rig, opened, recorder, fans, habits: usualHabits, random });
    const onTheirWay = new Map<PartName, Op[]>();
    try {
      rig.wires.database.slow(slowByMs);
      for (const name of asked) {
        const before = recorder.counts().ok;
        await eventually(
          () => {
            expect(recorder.counts().ok).to.be.above(before + 100);
            onTheirWay.set(name, recorder.soFar().slice(recorder.ops.length));
            expect(onTheirWay.get(name), 'calls on their way').to.have.length.at.least(inFlightMin);
          },
          { deadlineMs: 30_000, intervalMs: 1 },
        );
        expect(await rig.parts[name].stop(), `exit code of ${name}`).to.equal(0);
        await rig.parts[name].start();
      }
      await delay(100);
    } finally {
      rig.wires.database.mend();
      await crowd.stop();
    }
    for (const [name, calls] of onTheirWay) {
      const ends = calls.map((call) => recorder.ops.find((op) => isSame(op, call)));
      const failed = ends.filter((end) => /^(0|5\d\d) /.test(end?.refusal ?? '') || !end);
      expect(failed, `failed of ${calls.length} on their way to ${name}`).to.deep.equal([]);
    }
  });
});
