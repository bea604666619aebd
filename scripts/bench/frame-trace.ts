import type { Page } from 'playwright-core';

/** What the browser drew while something was done, from its own trace. */
export interface FrameCount {
  perSecond: number;
  longestGapMs: number;
}

interface TraceEvent {
  name: string;
  /** Microseconds. */
  ts: number;
}

const includedCategories = [
  'devtools.timeline.frame',
  'disabled-by-default-devtools.timeline.frame',
];

/** @throws Error when the trace has no frames: then nothing was measured. */
export async function traceFrames(page: Page, run: () => Promise<void>): Promise<FrameCount> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser of its own');
  const session = await browser.newBrowserCDPSession();
  const frames: number[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const { name, ts } of value as unknown as TraceEvent[])
      if (name === 'DrawFrame') frames.push(ts);
  });
  const complete = new Promise<void>((resolve) =>
    session.once('Tracing.tracingComplete', () => resolve()),
  );
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories, excludedCategories: ['*'] },
  });
  await run();
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  frames.sort((a, b) => a - b);
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined || last === first)
    throw new Error('the trace has no frames');
  const gaps = frames.slice(1).map((ts, at) => (ts - (frames[at] ?? ts)) / 1_000);
  return {
    perSecond: (frames.length - 1) / ((last - first) / 1e6),
    longestGapMs: Math.max(...gaps),
  };
}
