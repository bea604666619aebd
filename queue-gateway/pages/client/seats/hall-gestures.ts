import type { Point } from './hall-view.ts';

export interface Gestures {
  onPan(dx: number, dy: number): void;
  onZoom(factor: number, at: Point): void;
  onTap(at: Point): void;
}

const tapSlopPx = 8;
const wheelSpeed = { pinch: 0.01, wheel: 0.0022 };

/** One finger moves, two zoom, a short touch picks; the same with a mouse and its wheel. */
export function listenToGestures(
  canvas: HTMLCanvasElement,
  gestures: Gestures,
  signal: AbortSignal,
) {
  const pointers = new Map<number, Point>();
  let travelled = 0;
  const pointOf = ({ offsetX, offsetY }: MouseEvent): Point => ({ x: offsetX, y: offsetY });

  function onDown(event: PointerEvent): void {
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, pointOf(event));
    canvas.setPointerCapture(event.pointerId);
  }

  function onMove(event: PointerEvent): void {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const at = pointOf(event);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, at);
    travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y) || 1;
      const is = Math.hypot(at.x - other.x, at.y - other.y);
      gestures.onZoom(is / was, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
    } else if (travelled > tapSlopPx) gestures.onPan(at.x - before.x, at.y - before.y);
  }

  function onUp(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId)) return;
    const isTap = event.type === 'pointerup' && pointers.size === 0 && travelled <= tapSlopPx;
    if (isTap) gestures.onTap(pointOf(event));
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const speed = event.ctrlKey ? wheelSpeed.pinch : wheelSpeed.wheel;
    gestures.onZoom(Math.exp(-event.deltaY * speed), pointOf(event));
  }

  canvas.addEventListener('pointerdown', onDown, { signal });
  canvas.addEventListener('pointermove', onMove, { signal });
  canvas.addEventListener('pointerup', onUp, { signal });
  canvas.addEventListener('pointercancel', onUp, { signal });
  canvas.addEventListener('wheel', onWheel, { passive: false, signal });
}
