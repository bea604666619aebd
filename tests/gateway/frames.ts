import { constants } from 'node:http2';

/** Frames of HTTP/2 as bytes, for what no client library would send. */

/** A frame of RFC 9113 §4.1. */
export function frameOf(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
/** @param settings identifiers and values (RFC 9113 §6.5.1) */
export const settingsFrame = (...settings: [id: number, value: number][]): Buffer =>
  frameOf(
    4,
    0,
    0,
    Buffer.concat(
      settings.map(([id, value]) => {
        const pair = Buffer.alloc(6);
        pair.writeUInt16BE(id, 0);
        pair.writeUInt32BE(value, 2);
        return pair;
      }),
    ),
  );
export const pingFrame = (): Buffer => frameOf(6, 0, 0, Buffer.alloc(8));
/** What a client says first. */
export const greeting = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const preface = Buffer.concat([greeting, settingsFrame()]);
/** GET / of localhost by the static table of HPACK, and its end at once. */
export const getRoot = Buffer.concat([
  Buffer.from([0x82, 0x87, 0x84, 0x41, 9]),
  Buffer.from('localhost'),
]);
export const resetFrames = (number: number): Buffer => {
  const stream = 2 * number - 1;
  const cancel = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]);
  return Buffer.concat([frameOf(1, 5, stream, getRoot), frameOf(3, 0, stream, cancel)]);
};
/** A request, and more room for its answer than there can be: the server must reset it itself. */
export const madeResetFrames = (number: number): Buffer => {
  const stream = 2 * number - 1;
  const tooMuch = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
  return Buffer.concat([frameOf(1, 5, stream, getRoot), frameOf(8, 0, stream, tooMuch)]);
};
