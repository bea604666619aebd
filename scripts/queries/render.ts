import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Recorded } from './recorder.ts';

/** One line of a plan, as far as MySQL and MariaDB agree on it. */
interface PlanLine {
  table: string;
  type: string;
  key: string;
  rows: string;
  extra: string;
}

export interface Explained {
  sql: string;
  /** How often the call sends it. */
  times: number;
  plan: PlanLine[];
}

const oneLine = (sql: string): string => sql.replace(/\s+/g, ' ').trim();

/** Each different statement of a call once, with its plan. */
export async function explain(connection: Connection, recorded: Recorded[]): Promise<Explained[]> {
  const found = new Map<string, Explained>();
  for (const { sql, params } of recorded) {
    const text = oneLine(sql);
    const known = found.get(text);
    if (known) known.times += 1;
    else found.set(text, { sql: text, times: 1, plan: await planOf(connection, sql, params) });
  }
  return [...found.values()];
}

/** An INSERT of values has no plan. */
const hasPlan = (sql: string): boolean => /^\s*(SELECT|UPDATE|DELETE|INSERT.*SELECT)/is.test(sql);

async function planOf(
  connection: Connection,
  sql: string,
  params: Recorded['params'],
): Promise<PlanLine[]> {
  if (!hasPlan(sql)) return [];
  // Ids and limits are bound as text, which is fine for a bound value and not for a written one.
  const written = params.map((value) => (/^\d{1,15}$/.test(String(value)) ? Number(value) : value));
  const [rows] = await connection.query<RowDataPacket[]>(`EXPLAIN ${sql}`, written);
  const text = (value: unknown): string =>
    value === null || value === undefined ? '–' : String(value).replaceAll('|', '\\|');
  return rows.map((row) => ({
    table: text(row['table']),
    type: text(row['type']),
    key: text(row['key']),
    rows: text(row['rows']),
    extra: text(row['Extra']),
  }));
}

export function renderCall(name: string, explained: readonly Explained[]): string {
  const count = explained.reduce((total, { times }) => total + times, 0);
  const parts = explained.map(({ sql, times, plan }) => {
    const repeat = times > 1 ? `\n\n${times} times.` : '';
    const lines = plan.map(
      ({ table, type, key, rows, extra }) => `| ${table} | ${type} | ${key} | ${rows} | ${extra} |`,
    );
    const heading = ['| table | type | key | rows | extra |', '| --- | --- | --- | --- | --- |'];
    const table = plan.length > 0 ? `\n\n${[...heading, ...lines].join('\n')}` : '';
    return `\`\`\`sql\n${sql}\n\`\`\`${repeat}${table}`;
  });
  const statements = count === 1 ? 'One statement' : `${count} statements`;
  return `## ${name}\n\n${statements}.\n\n${parts.join('\n\n')}`;
}
