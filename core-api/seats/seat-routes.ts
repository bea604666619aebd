import { changeSeat, createSeats, listSeats } from '../../shared/contracts/concerts.ts';
import type { Bind } from '../http/bind.ts';
import { documentAnswer } from '../http/document.ts';
import type { SeatMapService } from './seat-map-service.ts';
import type { SeatService } from './seat-service.ts';

/** A layout that was asked for by its version never changes. */
const forEver = 'private, max-age=31536000, immutable';

export function seatRoutes(bind: Bind, seats: SeatService, map: SeatMapService): void {
  bind(listSeats, async ({ params, query, ifNoneMatch }) => {
    switch (query.view) {
      case 'list':
        return documentAnswer(await map.list(params), ifNoneMatch);
      case 'state':
        return documentAnswer(await map.state(params, query.since), ifNoneMatch);
      case 'layout': {
        const { document, layoutVersion } = await map.layout(params);
        const isAsked = query.layoutVersion === layoutVersion;
        return documentAnswer(document, ifNoneMatch, isAsked ? forEver : 'no-cache');
      }
    }
  });
  bind(createSeats, ({ params, body }) => seats.create(params, body.seats));
  bind(changeSeat, ({ params, body }) => seats.changePrice(params, body.price));
}
