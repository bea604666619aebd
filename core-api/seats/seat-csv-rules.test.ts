import { expect } from 'chai';
import type { Problem } from '../../shared/problems.ts';
import { parseSeatCsv } from './seat-csv-rules.ts';

const pathsOf = (text: string): string[] => {
  try {
    parseSeatCsv(text);
    return [];
  } catch (error) {
    return ((error as Problem).errors ?? []).map(({ path }) => path);
  }
};

describe('a CSV file of seats', () => {
  it('has its columns in any order, quoted or not, with either end of line', () => {
    const text = 'block,price,seatNum\r\n"Floor ""A"", left",100,1\nR, 200 ,2\n\n,300,3';
    expect(parseSeatCsv(text)).to.deep.equal({
      seats: [
        { seatNum: 1, price: 100, block: 'Floor "A", left' },
        { seatNum: 2, price: 200, block: 'R' },
        { seatNum: 3, price: 300 },
      ],
      lines: [2, 3, 5],
    });
  });

  it('needs no blocks', () => {
    expect(parseSeatCsv('seatNum,price\n1,2').seats).to.deep.equal([{ seatNum: 1, price: 2 }]);
  });

  const table: [string, string, string[]][] = [
    ['no heading', '\n\n', ['body']],
    ['no seats', 'seatNum,price\n', ['body']],
    ['a heading without prices', 'seatNum,block\n1,A', ['body.1']],
    ['an unknown column', 'seatNum,price,row\n1,2,3', ['body.1']],
    ['a column twice', 'seatNum,price,price\n1,2,3', ['body.1']],
    ['a field too many', 'seatNum,price\n1,2\n3,4,5', ['body.3']],
    ['a field too few', 'seatNum,price\n1', ['body.2']],
    ['words for numbers', 'seatNum,price\nA,2\n3,B', ['body.2.seatNum', 'body.3.price']],
    ['a fraction', 'seatNum,price\n1,2.5', ['body.2.price']],
    ['a negative price', 'seatNum,price\n1,-2', ['body.2.price']],
    ['seat 0', 'seatNum,price\n0,2', ['body.2.seatNum']],
    ['a number too long', 'seatNum,price\n12345678901,2', ['body.2.seatNum']],
    ['a long block', `seatNum,price,block\n1,2,${'x'.repeat(33)}`, ['body.2.block']],
    ['a quote that does not end', 'seatNum,price\n1,"2', ['body.2']],
    ['a quote in the middle', 'seatNum,price\n1,2"3', ['body.2']],
    [
      'a fault behind a field of two lines',
      'block,seatNum,price\n"a\nb",1,2\nR,x,2',
      ['body.2.block', 'body.4.seatNum'],
    ],
  ];
  for (const [name, text, paths] of table) {
    it(`with ${name} is refused, naming the place`, () => {
      expect(pathsOf(text)).to.deep.equal(paths);
    });
  }

  it('names twenty faults at most', () => {
    const lines = Array.from({ length: 50 }, () => 'x,y').join('\n');
    expect(pathsOf(`seatNum,price\n${lines}`)).to.have.length(20);
  });

  it('may have 50,000 lines', () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `${index + 1},1000,A`).join('\n');
    expect(parseSeatCsv(`seatNum,price,block\n${lines}`).seats).to.have.length(50_000);
  });
});
