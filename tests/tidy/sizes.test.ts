import { expect } from 'chai';
import { files, isTest, read } from './tree.ts';

const lines = (path: string): number => read(path).split('\n').length - 1;

const longer = (paths: string[], limit: number): string[] =>
  paths.filter((path) => lines(path) > limit).map((path) => `${path}: ${lines(path)} lines`);

describe('sizes', () => {
  const typescript = files('*.ts', '*.tsx');
  const lua = files('*.lua');

  it('saw the files', () => {
    expect(typescript.length).to.be.greaterThan(80);
    expect(lua.length).to.be.greaterThan(4);
  });

  it('keep a TypeScript file within 400 lines and half of them within 120', () => {
    expect(longer(typescript, 400)).to.deep.equal([]);
    const sizes = typescript
      .filter((path) => !isTest(path))
      .map(lines)
      .sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)], 'median').to.be.at.most(120);
  });

  it('keep a Lua file within 120 lines', () => {
    expect(longer(lua, 120)).to.deep.equal([]);
  });
});

describe('the environment', () => {
  it('is read at the entry points only', () => {
    const services = files(
      'core-api/*.ts',
      'queue-gateway/*.ts',
      'queue-gateway/*.tsx',
      'shared/*.ts',
    ).filter((path) => !isTest(path));
    expect(services.length).to.be.greaterThan(50);
    const readers = services.filter((path) => read(path).includes('process.env'));
    expect(readers.filter((path) => !path.endsWith('/main.ts'))).to.deep.equal([]);
  });
});

describe('tests', () => {
  it('are never skipped or singled out', () => {
    const tests = files('*.test.ts').filter((path) => path !== 'tests/tidy/sizes.test.ts');
    expect(tests.length).to.be.greaterThan(15);
    const wrong = tests.filter((path) =>
      /\b(describe|it)\.(skip|only)\(|\bthis\.skip\(/.test(read(path)),
    );
    expect(wrong).to.deep.equal([]);
  });
});
