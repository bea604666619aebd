import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { leadingZeroBits, sha256 } from '../../queue-gateway/pages/client/sha256.ts';

const hex = (digest: Uint32Array): string =>
  [...digest].map((word) => word.toString(16).padStart(8, '0')).join('');

describe('the puzzle of the pages', () => {
  it('hashes like everybody else', () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((n) => String.fromCharCode(n)),
      maxLength: 200,
    });
    fc.assert(
      fc.property(ascii, (text) => {
        expect(hex(sha256(text))).to.equal(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });

  it('counts the zero bits in front', () => {
    expect(leadingZeroBits(Uint32Array.of(0x00ff0000, 0))).to.equal(8);
    expect(leadingZeroBits(Uint32Array.of(0, 1))).to.equal(63);
    expect(leadingZeroBits(Uint32Array.of(0x80000000))).to.equal(0);
  });
});
