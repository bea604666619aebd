import type { Hall } from '../../seats/hall-rules.ts';
import { paintHall, type PaintParts, type View } from './hall-paint.ts';
import { fitView, type Size } from './hall-view.ts';

export interface HallScreen {
  readonly view: View;
  size(): Size;
  /** Draws anew with the next frame. */
  rest(view?: View): void;
  /** Something in it has changed. */
  refresh(): void;
  /** Moves the last picture along; draws anew when it rests. */
  glide(view: View): void;
}

const settleMs = 90;

/** Pixels of the screen for one of ours: beyond two nothing is gained and a phone gets slow. */
const density = (): number => Math.min(2, window.devicePixelRatio || 1);

/** The canvas and a copy of what was last drawn on it. */
function createPicture(canvas: HTMLCanvasElement) {
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const copy = document.createElement('canvas');
  const kept = copy.getContext('2d') as CanvasRenderingContext2D;
  let painted: View = { scale: 1, x: 0, y: 0 };
  let isPainted = false;
  return {
    resize({ width, height }: Size): void {
      for (const one of [canvas, copy]) {
        one.width = Math.round(width * density());
        one.height = Math.round(height * density());
      }
    },
    drawMoved(view: View): void {
      const ratio = density();
      const by = view.scale / painted.scale;
      const [x, y] = [(view.x - painted.x * by) * ratio, (view.y - painted.y * by) * ratio];
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.drawImage(copy, x, y, copy.width * by, copy.height * by);
    },
    drawAnew(view: View, size: Size, parts: PaintParts): void {
      const ratio = density();
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      paintHall({ context, view, ...size }, parts);
      if (!isPainted) performance.mark('hall-painted');
      isPainted = true;
      painted = view;
      kept.clearRect(0, 0, copy.width, copy.height);
      kept.drawImage(canvas, 0, 0);
    },
  };
}

/**
 * The canvas of a hall. While it is moved the last picture is moved along, which costs the same for
 * fifty seats and for twenty thousand; it is drawn anew as soon as it rests.
 */
export function createHallScreen(
  canvas: HTMLCanvasElement,
  hall: Hall,
  options: { parts: () => PaintParts; signal: AbortSignal },
): HallScreen {
  const picture = createPicture(canvas);
  const size = (): Size => ({ width: canvas.clientWidth, height: canvas.clientHeight });
  let view: View = fitView(hall, size());
  let isQueued = false;
  let settle: ReturnType<typeof setTimeout> | undefined;

  function queue(): void {
    if (isQueued) return;
    isQueued = true;
    requestAnimationFrame(() => {
      isQueued = false;
      if (options.signal.aborted) return;
      if (settle !== undefined) picture.drawMoved(view);
      else picture.drawAnew(view, size(), options.parts());
    });
  }

  function rest(next: View = view): void {
    clearTimeout(settle);
    settle = undefined;
    view = next;
    queue();
  }

  const resized = new ResizeObserver(() => {
    picture.resize(size());
    rest(fitView(hall, size()));
  });
  resized.observe(canvas);
  options.signal.addEventListener('abort', () => resized.disconnect());
  return {
    get view() {
      return view;
    },
    size,
    rest,
    glide(next) {
      view = next;
      clearTimeout(settle);
      settle = setTimeout(() => rest(), settleMs);
      queue();
    },
    refresh() {
      // What moves is drawn anew anyway, as soon as it rests.
      if (settle === undefined) queue();
    },
  };
}
