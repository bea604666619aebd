/** Where seats stand in the drawing of a hall. A layout says only block, price and order. */

export interface HallTier {
  block: string | null;
  price: number;
}

/** `[seatId, seatNum, index of the tier]`, in the order of the seat numbers. */
export type HallSeat = readonly [id: string, num: number, tier: number];

export interface HallBlock {
  tier: number;
  /** Indexes of its seats. */
  seats: number[];
  /** Where its name stands. */
  x: number;
  y: number;
}

/** One unit is the distance of two seats. The stage is at the top, around x = 0. */
export interface Hall {
  x: Float32Array;
  y: Float32Array;
  blocks: HallBlock[];
  bounds: { left: number; top: number; right: number; bottom: number };
  stage: { width: number; height: number };
}

const gap = 2.5;
const maxStraightBlocks = 4;
const stageHeight = 2.5;
/** Of its width: a wide hall has a deep stage, or it would not be seen from afar. */
const stageShare = 0.22;
/** How far the bands reach around the floor, to each side of straight ahead. */
const halfAngle = (100 / 180) * Math.PI;

function blocksOf(seats: readonly HallSeat[]): HallBlock[] {
  const byTier = new Map<number, HallBlock>();
  for (const [index, [, , tier]] of seats.entries()) {
    const block = byTier.get(tier) ?? { tier, seats: [], x: 0, y: 0 };
    block.seats.push(index);
    byTier.set(tier, block);
  }
  return [...byTier.values()];
}

/** Blocks of one price stand together, in the order in which their first seats come. */
function bandsOf(blocks: readonly HallBlock[], tiers: readonly HallTier[]): HallBlock[][] {
  const bands = new Map<number, HallBlock[]>();
  for (const block of blocks) {
    const price = tiers[block.tier]?.price ?? 0;
    bands.set(price, [...(bands.get(price) ?? []), block]);
  }
  return [...bands.values()];
}

const place = (hall: Hall, index: number, x: number, y: number): void => {
  hall.x[index] = x;
  hall.y[index] = y;
};

const reachOf = (hall: Hall, block: HallBlock): number[] =>
  block.seats.map((index) => Math.abs(hall.x[index] ?? 0));

/** From so many seats on, blocks of one price stand in two rows of blocks and not in one. */
const wideBand = 800;

/** Blocks side by side in straight rows; returns how deep they reach. */
function placeStraight(hall: Hall, band: readonly HallBlock[], top: number): number {
  const most = Math.max(...band.map(({ seats }) => seats.length));
  const columns = Math.max(5, Math.min(25, Math.ceil(Math.sqrt(most * 1.6) / 5) * 5));
  const rows = Math.ceil(most / columns);
  const abreast = band.length * most > wideBand ? Math.ceil(band.length / 2) : band.length;
  const width = abreast * columns + (abreast - 1) * gap;
  for (const [at, block] of band.entries()) {
    const left = -width / 2 + (at % abreast) * (columns + gap) + 0.5;
    const first = top + Math.floor(at / abreast) * (rows + gap);
    for (const [order, index] of block.seats.entries())
      place(hall, index, left + (order % columns), first + Math.floor(order / columns));
    block.x = left + (columns - 1) / 2;
    block.y = first - 1.2;
  }
  return Math.ceil(band.length / abreast) * (rows + gap) - gap;
}

interface Arc {
  centerY: number;
  radius: number;
}

/** Blocks as sectors around the floor, rows going outwards; returns how deep the deepest is. */
function placeArc(hall: Hall, band: readonly HallBlock[], { centerY, radius }: Arc): number {
  const sector = (2 * halfAngle) / band.length;
  let depth = 0;
  for (const [at, block] of band.entries()) {
    const from = -halfAngle + at * sector;
    let row = 0;
    let order = 0;
    while (order < block.seats.length) {
      const r = radius + row;
      const step = 1 / r;
      const inRow = Math.max(1, Math.floor((sector - gap / r) / step));
      const count = Math.min(inRow, block.seats.length - order);
      const start = from + (sector - (count - 1) * step) / 2;
      for (let i = 0; i < count; i += 1) {
        const angle = start + i * step;
        const index = block.seats[order + i] ?? 0;
        place(hall, index, -Math.sin(angle) * r, centerY + Math.cos(angle) * r);
      }
      order += count;
      row += 1;
    }
    depth = Math.max(depth, row);
    const middle = from + sector / 2;
    block.x = -Math.sin(middle) * (radius - 1.4);
    block.y = centerY + Math.cos(middle) * (radius - 1.4);
  }
  return depth;
}

/**
 * A hall from a layout: few blocks of a price stand in straight rows before the stage, many stand
 * around them as bands. The same layout is always the same hall.
 */
export function planHall(tiers: readonly HallTier[], seats: readonly HallSeat[]): Hall {
  const blocks = blocksOf(seats);
  const hall: Hall = {
    x: new Float32Array(seats.length),
    y: new Float32Array(seats.length),
    blocks,
    bounds: { left: 0, top: 0, right: 0, bottom: 0 },
    stage: { width: 12, height: stageHeight },
  };
  let top = 2.5;
  let reach = 0;
  let arc: Arc | undefined;
  for (const band of bandsOf(blocks, tiers)) {
    if (band.length <= maxStraightBlocks && !arc) {
      top += placeStraight(hall, band, top) + gap + 1;
      reach = Math.max(reach, ...band.flatMap((block) => reachOf(hall, block)));
      continue;
    }
    const centerY = top / 2;
    arc ??= { centerY, radius: Math.hypot(reach + 3, top / 2 + 2) };
    arc.radius += placeArc(hall, band, arc) + gap + 1.5;
  }
  for (let index = 0; index < seats.length; index += 1)
    grow(hall.bounds, hall.x[index], hall.y[index]);
  hall.stage.width = Math.max(8, Math.min(2 * reach, 40) * 0.7);
  hall.stage.height = Math.max(stageHeight, hall.stage.width * stageShare);
  hall.bounds.top = Math.min(hall.bounds.top, -hall.stage.height - 1);
  return hall;
}

function grow(bounds: Hall['bounds'], x = 0, y = 0): void {
  bounds.left = Math.min(bounds.left, x - 2);
  bounds.right = Math.max(bounds.right, x + 2);
  bounds.top = Math.min(bounds.top, y - 2);
  bounds.bottom = Math.max(bounds.bottom, y + 2);
}

/** The nearest seat in a direction: how far to the side counts double. */
export function neighbour(hall: Hall, from: number, [dx, dy]: readonly [number, number]): number {
  const [x0, y0] = [hall.x[from] ?? 0, hall.y[from] ?? 0];
  let best = from;
  let bestCost = Infinity;
  for (let index = 0; index < hall.x.length; index += 1) {
    const [vx, vy] = [(hall.x[index] ?? 0) - x0, (hall.y[index] ?? 0) - y0];
    const along = vx * dx + vy * dy;
    if (along < 0.5) continue;
    const cost = along + 2 * Math.abs(vx * dy - vy * dx);
    if (cost < bestCost) [best, bestCost] = [index, cost];
  }
  return best;
}

/** As many free seats of the same price as were lost, the nearest first; fewer when there are fewer. */
export function alternativesTo(
  hall: Hall,
  lost: readonly number[],
  isFree: (index: number) => boolean,
): number[] {
  const [first = 0] = lost;
  const block = hall.blocks.find(({ seats }) => seats.includes(first));
  if (!block) return [];
  const [x, y] = [hall.x[first] ?? 0, hall.y[first] ?? 0];
  const farness = (index: number): number =>
    Math.hypot((hall.x[index] ?? 0) - x, (hall.y[index] ?? 0) - y);
  return block.seats
    .filter((index) => isFree(index) && !lost.includes(index))
    .sort((a, b) => farness(a) - farness(b))
    .slice(0, lost.length);
}
