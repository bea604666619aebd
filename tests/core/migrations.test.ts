import { expect } from 'chai';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { migrateDown, migrateUp } from '../../core-api/db/migrate.ts';
import { migrations } from '../../core-api/db/migrations/index.ts';
import { emptySchema, type TestSchema } from '../harness/empty-schema.ts';

describe('core: migrations', function () {
  this.timeout(60_000);
  let schema: TestSchema;
  beforeEach(async () => {
    schema = await emptySchema();
  });
  afterEach(() => schema.drop());

  const names = migrations.map(({ name }) => name);

  /** The whole schema as text. */
  async function describeSchema(): Promise<string[]> {
    const connection = await createConnection(schema.databaseUrl);
    try {
      const [tables] = await connection.query<RowDataPacket[]>('SHOW TABLES');
      const made: string[] = [];
      for (const table of tables.map((row) => String(Object.values(row)[0])).sort()) {
        const [rows] = await connection.query<RowDataPacket[]>('SHOW CREATE TABLE ??', [table]);
        made.push(String(rows[0]?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, ''));
      }
      return made;
    } finally {
      await connection.end();
    }
  }

  it('go up, down to nothing, and up to the same again', async () => {
    const { databaseUrl } = schema;
    expect(await migrateUp({ databaseUrl })).to.deep.equal(names);
    const first = await describeSchema();
    expect(first.length).to.be.greaterThan(10);
    expect(await migrateUp({ databaseUrl })).to.deep.equal([]);
    expect(await migrateDown({ databaseUrl })).to.deep.equal([...names].reverse());
    expect((await describeSchema()).join()).to.match(/^CREATE TABLE `schema_migration`[^]*$/);
    expect(await describeSchema()).to.have.length(1);
    expect(await migrateUp({ databaseUrl })).to.deep.equal(names);
    expect(await describeSchema()).to.deep.equal(first);
  });

  it('are applied once when eight processes start at once', async () => {
    const { databaseUrl } = schema;
    const applied = await Promise.all(Array.from({ length: 8 }, () => migrateUp({ databaseUrl })));
    expect(applied.flat()).to.deep.equal(names);
    expect(applied.filter((list) => list.length > 0)).to.have.length(1);
  });

  it('go on where a cut one has stopped', async () => {
    const { databaseUrl } = schema;
    const connection = await createConnection(databaseUrl);
    // Each DDL statement is its own transaction: half of the first step is done, none is recorded.
    await connection.query(String(migrations[0]?.up[0]));
    await connection.end();
    expect(await migrateUp({ databaseUrl })).to.deep.equal(names);
  });
});
