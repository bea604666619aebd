import type { z } from 'zod';
import type { getReport, ReportRow } from '../../shared/contracts/owners.ts';

export type Report = z.infer<(typeof getReport)['reply']>;

const countNames = ['total', 'sold', 'held', 'house', 'revenue'] as const;

export function toReport(concertId: string, items: ReportRow[]): Report {
  const sum = { total: 0, sold: 0, held: 0, house: 0, revenue: 0 };
  for (const item of items) for (const name of countNames) sum[name] += item[name];
  return { concertId, items, sum };
}

/**
 * RFC 4180. A field that a spreadsheet would take for a formula gets a quote mark in front (OWASP,
 * CSV injection): also one that begins with the wide forms of these signs.
 */
function csvField(value: string | number): string {
  const text = String(value).replace(/^([=+\-@\t\r\n＝＋－＠])/u, "'$1");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const columns = ['concertScheduleId', 'concertDt', 'block', ...countNames] as const;

export function reportCsv({ items }: Report): string {
  const lines = items.map((item) => columns.map((name) => csvField(item[name] ?? '')).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}
