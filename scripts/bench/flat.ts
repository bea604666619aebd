/**
 * What a call costs as everything else grows, in CPU time of all processes it touches, sizes in
 * turn: entries of a room, rooms, gateways, seats of a date, reservations. `npm run bench -- flat`
 */
import { isMain } from '../is-main.ts';
import { reservationsCurve, seatsCurve } from './flat-core.ts';
import { entriesCurve, gatewaysCurve, roomsCurve } from './flat-line.ts';

const curves = [
  ['Entries of a room (gateway and Redis)', entriesCurve],
  ['Rooms (gateway and Redis; what the rooms take by themselves is taken off)', roomsCurve],
  ['Gateways on one Redis', gatewaysCurve],
  ['Seats of a date (core and database)', seatsCurve],
  ['Reservations in the database (core and database)', reservationsCurve],
] as const;

if (isMain(import.meta.url))
  for (const [what, curve] of curves) {
    // The other curves say as much without this one.
    const text = await curve().catch((error: Error) => {
      process.exitCode = 1;
      return `**Failed**: ${error.message.split('\n')[0]}`;
    });
    console.log(`#### ${what}\n\n${text}\n`);
  }
