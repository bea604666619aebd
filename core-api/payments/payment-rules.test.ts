import { expect } from 'chai';
import { Problem } from '../../shared/problems.ts';
import { checkPay, checkRefund, type Payable, type Refundable } from './payment-rules.ts';

const payable = (reservationId: string, more: Partial<Payable> = {}): Payable => ({
  reservationId,
  seatId: reservationId,
  price: 100,
  status: 'HELD',
  isOverdue: false,
  ...more,
});

function refusal(call: () => unknown): { code?: string; extra?: unknown } {
  try {
    call();
    return {};
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.code, extra: error.extra };
  }
}

describe('payment rules', () => {
  it('sums the prices, also of seats that cost nothing', () => {
    expect(checkPay(['1', '2'], [payable('1'), payable('2', { price: 0 })], 100)).to.equal(100);
    expect(checkPay(['1'], [payable('1', { price: 0 })], 0)).to.equal(0);
  });

  it('tells in this order: not found, paid already, no longer held, too few points', () => {
    const found = [
      payable('1', { status: 'CONFIRMED' }),
      payable('2', { isOverdue: true }),
      payable('3', { status: 'EXPIRED' }),
      payable('4', { status: 'CANCELLED' }),
      payable('5'),
    ];
    const told = (ids: string[]) =>
      refusal(() =>
        checkPay(
          ids,
          found.filter(({ reservationId }) => ids.includes(reservationId)),
          99,
        ),
      );
    expect(told(['1', '2', '5', '9'])).to.deep.equal({
      code: 'not-found',
      extra: { reservationIds: ['9'] },
    });
    expect(told(['1', '2', '5'])).to.deep.equal({
      code: 'already-paid',
      extra: { reservationIds: ['1'] },
    });
    expect(told(['2', '3', '4', '5'])).to.deep.equal({
      code: 'hold-expired',
      extra: { reservationIds: ['2', '3', '4'] },
    });
    expect(told(['5'])).to.deep.equal({
      code: 'insufficient-points',
      extra: { total: 100, balance: 99 },
    });
  });

  it('refunds what is paid and in time: not found, refunded already, checked in, too late, in this order', () => {
    const refundable = (more: Partial<Refundable>): Refundable => ({
      paymentId: '1',
      reservationId: '1',
      concertId: '1',
      seatId: '1',
      amount: 100,
      status: 'COMPLETED',
      checkedInAt: null,
      isRefundable: true,
      ...more,
    });
    const codes = [
      undefined,
      refundable({ status: 'REFUNDED', checkedInAt: new Date(0), isRefundable: false }),
      refundable({ checkedInAt: new Date(0), isRefundable: false }),
      refundable({ isRefundable: false }),
      refundable({}),
    ].map((found) => refusal(() => checkRefund(found)).code);
    expect(codes).to.deep.equal([
      'not-found',
      'already-refunded',
      'already-checked-in',
      'refund-closed',
      undefined,
    ]);
  });
});
