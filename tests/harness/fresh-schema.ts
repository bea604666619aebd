import { migrateUp } from '../../core-api/db/migrate.ts';
import { emptySchema, type TestSchema } from './empty-schema.ts';

/** A schema with every migration applied, that no other test file sees. */
export async function freshSchema(): Promise<TestSchema> {
  const schema = await emptySchema();
  try {
    await migrateUp({ databaseUrl: schema.databaseUrl });
  } catch (error) {
    await schema.drop();
    throw error;
  }
  return schema;
}
