import { expect } from 'chai';
import { reportCsv, toReport } from './report-rules.ts';

describe('a report as CSV', () => {
  const counts = { total: 1, sold: 0, held: 0, house: 0, revenue: 0 };
  const at = { concertScheduleId: '1', concertDt: '2030-01-01T00:00:00.000Z' };
  const fieldOf = (block: string): string | undefined =>
    reportCsv(toReport('1', [{ ...at, block, ...counts }]))
      .split('\r\n')[1]
      ?.slice('1,2030-01-01T00:00:00.000Z,'.length, -',1,0,0,0,0'.length);

  for (const sign of ['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    it(`has no formula for a block that begins with ${sign}`, () => {
      expect(fieldOf(`${sign}1`)).to.equal(`'${sign}1`);
    });

  it('keeps commas and quotes within their field', () => {
    expect(fieldOf('=a,"b"')).to.equal('"\'=a,""b"""');
    expect(fieldOf('VIP-1')).to.equal('VIP-1');
  });
});
