import { renderSVG } from 'uqr';

/**
 * The code as a QR code: level M, which survives a scratched screen, and the quiet zone of four
 * modules that readers need (ISO/IEC 18004 §6.3.8).
 */
export const ticketSvg = (code: string): string => renderSVG(code, { ecc: 'M', border: 4 });

/**
 * Whether the answer shall be drawn: `format` says so, else an `Accept` that names SVG and not
 * JSON (RFC 9110 §12.5.1).
 */
export function wantsSvg(format: 'json' | 'svg' | undefined, accept: string | undefined): boolean {
  if (format !== undefined) return format === 'svg';
  const named = (accept ?? '').toLowerCase();
  return named.includes('image/svg+xml') && !named.includes('application/json');
}
