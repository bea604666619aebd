import { type Hall, neighbour } from '../../seats/hall-rules.ts';
import { listenToGestures } from './hall-gestures.ts';
import type { PaintParts } from './hall-paint.ts';
import { createHallScreen } from './hall-screen.ts';
import { fitView, maxScale, type Point, seatAt, toScreen, zoomView } from './hall-view.ts';

export interface HallMap {
  /** Something in it has changed. */
  repaint(): void;
  zoom(factor: number): void;
  whole(): void;
  close(): void;
}

export interface HallMapDeps {
  canvas: HTMLCanvasElement;
  hall: Hall;
  parts: () => Omit<PaintParts, 'cursor'>;
  onPick: (index: number) => void;
  /** The keyboard came to a seat. */
  onCursor: (index: number) => void;
}

/** Below this a tap cannot mean one seat. */
const pickScale = 9;
const closeScale = 16;
const edgePx = 30;
const keyZoom = 1.5;

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A hall that is moved, zoomed and picked from by finger, mouse and keyboard. */
export function createHallMap({ canvas, hall, parts, onPick, onCursor }: HallMapDeps): HallMap {
  const closing = new AbortController();
  const { signal } = closing;
  let cursor: number | undefined;
  const screen = createHallScreen(canvas, hall, {
    parts: () => ({ ...parts(), cursor }),
    signal,
  });
  const whole = () => fitView(hall, screen.size());
  const middle = (): Point => ({ x: screen.size().width / 2, y: screen.size().height / 2 });
  const zoomAt = (factor: number, at: Point): void =>
    screen.glide(zoomView(screen.view, factor, at, whole().scale * 0.8));

  /** Far out a tap comes closer first. */
  function tap(at: Point): void {
    const { scale } = screen.view;
    if (scale < Math.min(pickScale, maxScale)) return zoomAt(closeScale / scale, at);
    const index = seatAt(hall, screen.view, at);
    if (index === undefined) return;
    cursor = undefined;
    onPick(index);
    screen.rest();
  }

  function goTo(index: number): void {
    cursor = index;
    const { width, height } = screen.size();
    const scale = Math.max(screen.view.scale, closeScale);
    const at = toScreen(hall, index, screen.view);
    const isIn = (px: number, limit: number): boolean => px > edgePx && px < limit - edgePx;
    const stays = scale === screen.view.scale && isIn(at.x, width) && isIn(at.y, height);
    const [x, y] = [(hall.x[index] ?? 0) * scale, (hall.y[index] ?? 0) * scale];
    screen.rest(stays ? screen.view : { scale, x: width / 2 - x, y: height / 2 - y });
    onCursor(index);
  }

  function onKey(event: KeyboardEvent): void {
    const arrow = arrows[event.key];
    if (arrow) goTo(cursor === undefined ? 0 : neighbour(hall, cursor, arrow));
    else if ((event.key === 'Enter' || event.key === ' ') && cursor !== undefined) onPick(cursor);
    else if (event.key === '+' || event.key === '=') zoomAt(keyZoom, middle());
    else if (event.key === '-') zoomAt(1 / keyZoom, middle());
    else if (event.key === '0') screen.rest(whole());
    else return;
    event.preventDefault();
  }

  canvas.addEventListener('keydown', onKey, { signal });
  listenToGestures(
    canvas,
    {
      onPan: (dx, dy) =>
        screen.glide({ ...screen.view, x: screen.view.x + dx, y: screen.view.y + dy }),
      onZoom: zoomAt,
      onTap: tap,
    },
    signal,
  );
  return {
    repaint: screen.refresh,
    zoom: (factor) => zoomAt(factor, middle()),
    whole: () => screen.rest(whole()),
    close: () => closing.abort(),
  };
}
