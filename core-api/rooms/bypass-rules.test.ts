import { expect } from 'chai';
import { codeHash, toCode } from './bypass-rules.ts';

describe('bypass codes', () => {
  it('carry all their randomness in sixteen letters', () => {
    expect(toCode(Buffer.alloc(10))).to.equal('0000-0000-0000-0000');
    expect(toCode(Buffer.alloc(10, 0xff))).to.equal('ZZZZ-ZZZZ-ZZZZ-ZZZZ');
    expect(toCode(Buffer.from('00000000000000000001', 'hex'))).to.equal('0000-0000-0000-0001');
    expect(toCode(Buffer.from('08000000000000000000', 'hex'))).to.equal('1000-0000-0000-0000');
  });

  it('are the same however a person types them', () => {
    const hash = codeHash('7K10-0000-0000-0000');
    for (const typed of ['7k10 0000 0000 0000', '7KI0-0000-0000-0000', '7klo000000000000'])
      expect(codeHash(typed), typed).to.equal(hash);
    expect(codeHash('7K10-0000-0000-0001')).not.to.equal(hash);
  });
});
