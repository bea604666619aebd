import {
  changeConcert,
  createConcert,
  getConcert,
  listConcerts,
} from '../../shared/contracts/concerts.ts';
import type { Bind } from '../http/bind.ts';
import type { ConcertService } from './concert-service.ts';

export function concertRoutes(bind: Bind, concerts: ConcertService): void {
  bind(listConcerts, ({ query }) => concerts.list(query));
  bind(getConcert, ({ params }) => concerts.get(params.concertId));
  bind(createConcert, ({ body }) => concerts.create(body));
  bind(changeConcert, ({ params, body }) => concerts.change(params.concertId, body));
}
