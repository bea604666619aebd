import { expect } from 'chai';
import { createTicketTokens } from '../../core-api/tickets/ticket-token.ts';
import { verifyTicket } from '../../scripts/verify-ticket.ts';
import {
  generateAccessJwk,
  generatePrivateJwk,
  loadAccessKeys,
  loadPrivateKeys,
  toPublicJwks,
} from '../../shared/keys.ts';

describe('npm run verify-ticket', () => {
  const keys = loadPrivateKeys(JSON.stringify({ keys: [generatePrivateJwk()] }));
  const published = JSON.stringify(toPublicJwks(keys));
  const claims = { reservationId: '7', concertId: '1', scheduleId: '2', seatNum: 3 };
  const code = createTicketTokens(keys).sign(claims);

  it('says what a ticket is for, by the published keys alone', () => {
    expect(verifyTicket([code, '--keys', published], {})).to.deep.equal(claims);
    expect(verifyTicket(['--keys', published, code], {})).to.deep.equal(claims);
  });

  it('passes over published keys of other kinds', () => {
    const access = loadAccessKeys(JSON.stringify({ keys: [generateAccessJwk()] }));
    const all = [...toPublicJwks(access).keys, ...toPublicJwks(keys).keys];
    expect(verifyTicket([code, '--keys', JSON.stringify({ keys: all })], {})).to.deep.equal(claims);
  });

  it('knows no ticket of other keys, and none that was changed', () => {
    const others = loadPrivateKeys(JSON.stringify({ keys: [generatePrivateJwk()] }));
    const foreign = JSON.stringify(toPublicJwks(others));
    expect(verifyTicket([code, '--keys', foreign], {})).to.equal(undefined);
    expect(verifyTicket([code.slice(0, -8), '--keys', published], {})).to.equal(undefined);
  });

  it('says how it is used when it is asked for something else', () => {
    for (const argv of [[], [code, 'more', '--keys', published], [code, '--keys']])
      expect(() => verifyTicket(argv, {})).to.throw(/^Usage/);
  });
});
