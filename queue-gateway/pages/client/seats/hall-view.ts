import type { Hall } from '../../seats/hall-rules.ts';
import type { View } from './hall-paint.ts';

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export const maxScale = 44;

/** The whole hall in the middle. */
export function fitView({ bounds }: Hall, { width, height }: Size): View {
  const { left, right, top, bottom } = bounds;
  const scale = Math.min(width / (right - left), height / (bottom - top), maxScale);
  return {
    scale,
    x: width / 2 - ((left + right) / 2) * scale,
    y: height / 2 - ((top + bottom) / 2) * scale,
  };
}

/** Closer or farther around a point that stays where it is; never beyond `minScale` … `maxScale`. */
export function zoomView(view: View, factor: number, at: Point, minScale: number): View {
  const scale = Math.min(maxScale, Math.max(minScale, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

export const toScreen = (hall: Hall, index: number, view: View): Point => ({
  x: (hall.x[index] ?? 0) * view.scale + view.x,
  y: (hall.y[index] ?? 0) * view.scale + view.y,
});

const fingerPx = 14;

/** The seat under a finger: the nearest one that is near enough. */
export function seatAt(hall: Hall, view: View, at: Point): number | undefined {
  const [x, y] = [(at.x - view.x) / view.scale, (at.y - view.y) / view.scale];
  let best: number | undefined;
  let bestFar = Math.max(0.6, fingerPx / view.scale);
  for (let index = 0; index < hall.x.length; index += 1) {
    const far = Math.hypot((hall.x[index] ?? 0) - x, (hall.y[index] ?? 0) - y);
    if (far < bestFar) [best, bestFar] = [index, far];
  }
  return best;
}
