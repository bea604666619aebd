import { expect } from 'chai';
import { read } from '../../tidy/tree.ts';
import { mutants } from './mutants.ts';

describe('the mutants', () => {
  it('are twelve or more, each seen by a checker', () => {
    expect(mutants.length).to.be.at.least(12);
    for (const { name, seenBy } of mutants) expect(seenBy, name).to.not.have.length(0);
  });

  for (const { name, edits } of mutants) {
    it(`${name}: what it changes is there, once`, () => {
      for (const { file, from } of edits) {
        expect(read(file).split(from).length - 1, `${file}: ${from}`).to.equal(1);
      }
    });
  }
});
