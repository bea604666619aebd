import { maxPrice, maxSeatsPerCall } from '../../shared/contracts/concerts.ts';
import { line } from '../../shared/contracts/endpoint.ts';
import { type FieldError, Problem } from '../../shared/problems.ts';
import type { NewSeat } from './seat-rules.ts';

const maxErrors = 20;
const maxSeatNum = 1_000_000;
const block = line(32);

const refuse = (errors: FieldError[]): Problem =>
  new Problem('invalid-request', { errors: errors.slice(0, maxErrors) });

/** One line of the file: its number, counted from 1 as an editor does, and its fields. */
interface CsvLine {
  number: number;
  fields: string[];
}

/**
 * The seats of a CSV file (RFC 4180) with the columns `seatNum`, `price` and maybe `block`, in any
 * order. Empty lines are passed over.
 * @returns each seat with the number of its line
 * @throws Problem `invalid-request` naming lines and columns: `body.17.price`.
 */
export function parseSeatCsv(text: string): { seats: NewSeat[]; lines: number[] } {
  const [heading, ...rows] = readLines(text);
  const columns = heading ? columnsOf(heading) : [];
  if (columns.length === 0) throw refuse([{ path: 'body', message: 'must have a heading' }]);
  if (rows.length === 0 || rows.length > maxSeatsPerCall) {
    const message = `must have 1 to ${maxSeatsPerCall} seats`;
    throw refuse([{ path: 'body', message }]);
  }
  const errors: FieldError[] = [];
  const seats = rows.map((row) => toSeat(row, columns, errors));
  if (errors.length > 0) throw refuse(errors);
  return { seats, lines: rows.map(({ number }) => number) };
}

function columnsOf({ number, fields }: CsvLine): string[] {
  const names = fields.map((name) => name.trim());
  const known = ['seatNum', 'price', 'block'];
  const isWhole = ['seatNum', 'price'].every((name) => names.includes(name));
  const isKnown = names.every((name) => known.includes(name));
  if (isWhole && isKnown && new Set(names).size === names.length) return names;
  const message = 'must be the heading: seatNum, price and maybe block';
  throw refuse([{ path: `body.${number}`, message }]);
}

function toSeat({ number, fields }: CsvLine, columns: string[], errors: FieldError[]): NewSeat {
  const add = (column: string, message: string): void => {
    errors.push({ path: `body.${number}.${column}`, message });
  };
  if (fields.length !== columns.length) {
    errors.push({ path: `body.${number}`, message: `must have ${columns.length} fields` });
    return { seatNum: 0, price: 0 };
  }
  const field = (column: string): string => fields[columns.indexOf(column)]?.trim() ?? '';
  const integer = (column: string, min: number, max: number): number => {
    const value = /^\d{1,9}$/.test(field(column)) ? Number(field(column)) : NaN;
    if (value >= min && value <= max) return value;
    add(column, `must be a whole number from ${min} to ${max}`);
    return 0;
  };
  const seat: NewSeat = {
    seatNum: integer('seatNum', 1, maxSeatNum),
    price: integer('price', 0, maxPrice),
  };
  const name = field('block');
  if (name === '') return seat;
  if (!block.safeParse(name).success) add('block', 'must be plain text of at most 32 characters');
  return { ...seat, block: name };
}

/** A quoted field may hold commas, quotes written twice, and ends of lines. */
const fieldPattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y;

/** @throws Problem `invalid-request` at the line where the quoting breaks. */
function readLines(text: string): CsvLine[] {
  const lines: CsvLine[] = [];
  let number = 1;
  let line: CsvLine = { number, fields: [] };
  fieldPattern.lastIndex = 0;
  while (fieldPattern.lastIndex < text.length) {
    const found = fieldPattern.exec(text);
    if (!found) throw refuse([{ path: `body.${number}`, message: 'is not CSV' }]);
    const [, field = '', end] = found;
    line.fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    number += field.split('\n').length - 1;
    if (end === ',') continue;
    number += 1;
    lines.push(line);
    line = { number, fields: [] };
  }
  return lines.filter(({ fields }) => fields.length > 1 || fields[0]?.trim() !== '');
}
