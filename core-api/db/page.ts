/** One page of a list, and the cursor of the next one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

/** What to ask for: one row more than the page, to see whether another page follows. */
export const pageRows = ({ limit }: PageQuery): string => String(limit + 1);

/** Cuts the row too many off; the cursor is the key of the last row that stays. */
export function toPage<T>(rows: T[], { limit }: PageQuery, keyOf: (item: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? keyOf(last) : null };
}
