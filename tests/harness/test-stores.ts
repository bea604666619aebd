function requiredUrl(name: string): string {
  const url = process.env[name];
  if (url === undefined || url === '') {
    throw new Error(`${name} is not set: run tests with npm test, which starts the stores`);
  }
  return url;
}

/** The database server of this test run, with an account that may make schemas. */
export function testDatabaseUrl(): string {
  return requiredUrl('TEST_DATABASE_URL');
}

export function testRedisUrl(): string {
  return requiredUrl('TEST_REDIS_URL');
}
