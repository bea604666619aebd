import type { Connection, RowDataPacket } from 'mysql2/promise';

/** Counters and gauges of the whole server by name; one that this server has not is left out. */
export async function databaseCounters(connection: Connection): Promise<Map<string, number>> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL STATUS');
  return new Map(
    rows.map((row) => [String(row['Variable_name']).toLowerCase(), Number(row['Value'])]),
  );
}
