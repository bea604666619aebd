import {
  changeConcert,
  createConcert,
  getConcert,
  listConcerts,
} from '../../shared/contracts/concerts.ts';
import type { Bind } from '../http/bind.ts';
import { documentAnswer } from '../http/document.ts';
import type { ConcertService } from './concert-service.ts';

export function concertRoutes(bind: Bind, concerts: ConcertService): void {
  bind(listConcerts, async ({ query, ifNoneMatch }) =>
    documentAnswer(await concerts.list(query), ifNoneMatch),
  );
  bind(getConcert, async ({ params, ifNoneMatch }) =>
    documentAnswer(await concerts.document(params.concertId), ifNoneMatch),
  );
  bind(createConcert, ({ body }) => concerts.create(body));
  bind(changeConcert, ({ params, body }) => concerts.change(params.concertId, body));
}
