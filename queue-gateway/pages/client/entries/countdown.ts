import { clockText } from '../../i18n/format.ts';

/**
 * Counts down to a moment by the server's clock, says once when little is left, and then looks
 * again: the server knows what has happened by now.
 */
for (const place of document.querySelectorAll<HTMLElement>('[data-countdown]')) {
  const clock = place.querySelector<HTMLElement>('[data-clock]');
  const warning = place.querySelector<HTMLElement>('[data-warning]');
  const { countdown = '', warn = '0', now } = place.dataset;
  const endMs = Date.parse(countdown);
  const aheadMs = now === undefined ? 0 : Number(now) - Date.now();
  const tick = (): void => {
    const leftMs = endMs - Date.now() - aheadMs;
    if (clock) clock.textContent = clockText(leftMs / 1_000);
    if (leftMs <= Number(warn) * 1_000 && !place.classList.contains('late')) {
      place.classList.add('late');
      if (warning) warning.textContent = warning.dataset['warning'] ?? '';
    }
    if (leftMs > 0) setTimeout(tick, 1_000 - (Date.now() % 1_000));
    // Not all at once.
    else setTimeout(() => location.reload(), 500 + Math.random() * 2_000);
  };
  if (Number.isFinite(endMs) && endMs > Date.now() + aheadMs) tick();
}
