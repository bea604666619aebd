/**
 * The one file that mocha is given. Mocha would `require` TypeScript files, which turns them into
 * CommonJS: no top-level await, no `import.meta.resolve`, and modules of another kind than those
 * that run in production. From here they are imported as what they are.
 */
for (const file of JSON.parse(process.env.TEST_FILES ?? '[]')) await import(file);
