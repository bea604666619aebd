import type { Hall, HallTier } from '../../seats/hall-rules.ts';
import type { SeatStore } from './seat-store.ts';

/** From hall units to pixels of the canvas. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Colours {
  tiers: string[];
  taken: string;
  ink: string;
  soft: string;
  stage: string;
  chosen: string;
  onChosen: string;
  focus: string;
  /** The families of the page. */
  font: string;
}

export interface PaintParts {
  hall: Hall;
  store: SeatStore;
  colours: Colours;
  /** By index of the tier. */
  colourOf: (tier: number) => string;
  chosen: ReadonlySet<number>;
  cursor: number | undefined;
  stageLabel: string;
}

const token = (styles: CSSStyleDeclaration, name: string): string =>
  styles.getPropertyValue(name).trim();

export function readColours(): Colours {
  const styles = getComputedStyle(document.documentElement);
  return {
    tiers: [1, 2, 3, 4, 5, 6].map((n) => token(styles, `--tier-${n}`)),
    taken: token(styles, '--seat-taken'),
    ink: token(styles, '--ink'),
    soft: token(styles, '--ink-soft'),
    stage: token(styles, '--sunk'),
    chosen: token(styles, '--ink'),
    onChosen: token(styles, '--paper'),
    focus: token(styles, '--focus'),
    font: token(styles, '--sans'),
  };
}

/** One colour for each price, the highest first. */
export function colourByPrice(tiers: readonly HallTier[], { tiers: colours }: Colours) {
  const prices = [...new Set(tiers.map(({ price }) => price))].sort((a, b) => b - a);
  const of = (price: number): string => colours[prices.indexOf(price) % colours.length] ?? '';
  return { prices, of };
}

interface Frame {
  context: CanvasRenderingContext2D;
  view: View;
  width: number;
  height: number;
}

function paintSeats({ context, view, width, height }: Frame, parts: PaintParts): void {
  const { hall, store, colours, colourOf, chosen } = parts;
  const size = Math.max(1, view.scale * 0.78);
  const half = size / 2;
  const byColour = new Map<string, number[]>();
  for (const { tier, seats } of hall.blocks) {
    const colour = colourOf(tier);
    for (const index of seats) {
      const x = (hall.x[index] ?? 0) * view.scale + view.x;
      const y = (hall.y[index] ?? 0) * view.scale + view.y;
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      const own = store.isFree(index) || chosen.has(index) ? colour : colours.taken;
      const list = byColour.get(own);
      if (list) list.push(x, y);
      else byColour.set(own, [x, y]);
    }
  }
  for (const [colour, places] of byColour) {
    context.fillStyle = colour;
    // A taken seat is smaller too: it is told apart without colours.
    const shrink = colour === colours.taken ? 0.5 : 1;
    const isRound = size > 9;
    context.beginPath();
    for (let at = 0; at < places.length; at += 2) {
      const [x, y] = [places[at] ?? 0, places[at + 1] ?? 0];
      const w = size * shrink;
      if (isRound) context.roundRect(x - w / 2, y - w / 2, w, w, w / 4);
      else context.rect(x - half * shrink, y - half * shrink, w, w);
    }
    context.fill();
  }
}

function paintChosen(
  { context, view }: Frame,
  { hall, chosen, colours, cursor }: PaintParts,
): void {
  const size = Math.max(9, view.scale * 0.95);
  for (const index of chosen) {
    const x = (hall.x[index] ?? 0) * view.scale + view.x;
    const y = (hall.y[index] ?? 0) * view.scale + view.y;
    context.fillStyle = colours.chosen;
    context.beginPath();
    context.roundRect(x - size / 2, y - size / 2, size, size, size / 4);
    context.fill();
    context.strokeStyle = colours.onChosen;
    context.lineWidth = Math.max(1.5, size / 9);
    context.beginPath();
    context.moveTo(x - size * 0.22, y);
    context.lineTo(x - size * 0.05, y + size * 0.18);
    context.lineTo(x + size * 0.24, y - size * 0.18);
    context.stroke();
  }
  if (cursor === undefined) return;
  const x = (hall.x[cursor] ?? 0) * view.scale + view.x;
  const y = (hall.y[cursor] ?? 0) * view.scale + view.y;
  context.strokeStyle = colours.focus;
  context.lineWidth = 3;
  context.strokeRect(x - size * 0.6, y - size * 0.6, size * 1.2, size * 1.2);
}

function paintWords({ context, view }: Frame, parts: PaintParts): void {
  const { hall, store, colours, stageLabel } = parts;
  const { width, height } = hall.stage;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = colours.stage;
  const [left, top] = [view.x - (width / 2) * view.scale, view.y - height * view.scale];
  context.beginPath();
  context.roundRect(left, top, width * view.scale, height * 0.8 * view.scale, view.scale * 0.6);
  context.fill();
  context.fillStyle = colours.soft;
  context.font = `600 ${Math.max(10, Math.min(18, view.scale * 1.1))}px ${colours.font}`;
  context.fillText(stageLabel, view.x, top + height * 0.4 * view.scale);
  const blockFont = view.scale * 1.25;
  if (blockFont < 5) return;
  context.font = `600 ${Math.min(18, Math.max(9, blockFont))}px ${colours.font}`;
  context.fillStyle = colours.ink;
  for (const { tier, x, y } of hall.blocks) {
    const name = store.layout.tiers[tier]?.block;
    if (name) context.fillText(name, x * view.scale + view.x, y * view.scale + view.y);
  }
}

/** The seat's own number, where there is room for it. */
function paintNumbers(
  { context, view, width, height }: Frame,
  { hall, store, colours, chosen }: PaintParts,
) {
  if (view.scale < 26) return;
  context.font = `500 ${Math.min(13, view.scale * 0.36)}px ${colours.font}`;
  context.fillStyle = colours.onChosen;
  for (const [index, [, num]] of store.layout.seats.entries()) {
    const x = (hall.x[index] ?? 0) * view.scale + view.x;
    const y = (hall.y[index] ?? 0) * view.scale + view.y;
    const isSeen = x > -20 && y > -20 && x < width + 20 && y < height + 20;
    if (isSeen && store.isFree(index) && !chosen.has(index)) context.fillText(String(num), x, y);
  }
}

/** Everything anew: about ten milliseconds for twenty thousand seats. */
export function paintHall(frame: Frame, parts: PaintParts): void {
  frame.context.clearRect(0, 0, frame.width, frame.height);
  paintSeats(frame, parts);
  paintWords(frame, parts);
  paintNumbers(frame, parts);
  paintChosen(frame, parts);
}
