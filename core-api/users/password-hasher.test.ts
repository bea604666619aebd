import { expect } from 'chai';
import type { Problem } from '../../shared/problems.ts';
import { createPasswordHasher } from './password-hasher.ts';

describe('the password hasher', () => {
  it('knows a password again, and no other', async () => {
    const hasher = createPasswordHasher({ parallel: 1, waitingMax: 10 });
    const hash = await hasher.hash('correct horse');
    expect(await hasher.verify(hash, 'correct horse')).to.equal(true);
    expect(await hasher.verify(hash, 'Correct horse')).to.equal(false);
    expect(await hasher.hash('correct horse')).not.to.equal(hash);
  });

  it('says no to every password of nobody, also to the one behind it', async () => {
    const hasher = createPasswordHasher({ parallel: 1, waitingMax: 10 });
    expect(await hasher.verify(undefined, 'nobody has this password')).to.equal(false);
  });

  it('lets so many wait and sends the next one away', async () => {
    const hasher = createPasswordHasher({ parallel: 1, waitingMax: 2 });
    await hasher.hash('the hash of nobody is made first');
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => hasher.hash(`word ${n}`)));
    expect(results.map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    const [, , , refused] = results;
    expect(refused?.status === 'rejected' && (refused.reason as Problem).code).to.equal(
      'unavailable',
    );
  });

  it('does not hash for a caller who has left', async () => {
    const hasher = createPasswordHasher({ parallel: 1, waitingMax: 10 });
    const gone = AbortSignal.abort(new Error('the client left'));
    const outcome = await hasher.hash('word', gone).catch((error: Problem) => error.code);
    expect(outcome).to.equal('unavailable');
    expect(await hasher.hash('another word')).to.be.a('string');
  });
});
