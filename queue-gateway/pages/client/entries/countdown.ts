import { clockText } from '../../i18n/format.ts';

/** Counts down to a moment, then looks again: the server knows whether it has begun. */
for (const place of document.querySelectorAll<HTMLElement>('[data-countdown]')) {
  const clock = place.querySelector<HTMLElement>('[data-clock]');
  const endMs = Date.parse(place.dataset['countdown'] ?? '');
  const tick = (): void => {
    const leftMs = endMs - Date.now();
    const days = Math.floor(leftMs / 86_400_000);
    if (clock) clock.textContent = days > 1 ? `${days} d` : clockText(leftMs / 1_000);
    if (leftMs > 0) setTimeout(tick, 1_000 - (Date.now() % 1_000));
    // Not all at once.
    else setTimeout(() => location.reload(), 500 + Math.random() * 2_000);
  };
  if (Number.isFinite(endMs) && endMs > Date.now()) tick();
}
