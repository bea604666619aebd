import { changePrices, importSeats, setHouseSeats } from '../../shared/contracts/owners.ts';
import type { Bind } from '../http/bind.ts';
import type { HouseService } from './house-service.ts';
import type { SeatService } from './seat-service.ts';

/** The owner's calls for many seats at once. */
export function houseRoutes(bind: Bind, seats: SeatService, house: HouseService): void {
  bind(importSeats, ({ params, body }) => seats.importCsv(params, body));
  bind(changePrices, ({ params, body }) => house.setPrices(params, body.prices));
  bind(setHouseSeats, ({ params, body }) => house.setHouse(params, body, body.house));
}
