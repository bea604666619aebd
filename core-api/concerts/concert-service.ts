import type { Concert } from '../../shared/contracts/concerts.ts';
import { Problem } from '../../shared/problems.ts';
import { createFlights } from '../db/flights.ts';
import type { PageQuery } from '../db/page.ts';
import { type Document, toDocument } from '../http/document.ts';
import type { ConcertFields, ConcertRepository } from './concert-repository.ts';

export interface ConcertService {
  /** A page of concerts as the reply's JSON. */
  list(page: PageQuery): Promise<Document>;
  /** @throws Problem `not-found` */
  document(concertId: string): Promise<Document>;
  /** @throws Problem `not-found` */
  get(concertId: string): Promise<Concert>;
  create(fields: ConcertFields): Promise<{ concertId: string }>;
  /** @throws Problem `not-found` */
  change(concertId: string, fields: Partial<ConcertFields>): Promise<Concert>;
}

export function createConcertService(concerts: ConcertRepository): ConcertService {
  const pages = createFlights(async (key) => {
    const page = await concerts.list(JSON.parse(key) as PageQuery);
    return toDocument(JSON.stringify(page));
  });
  const singles = createFlights(async (concertId) => {
    const concert = await concerts.show(concertId);
    return concert && toDocument(JSON.stringify(concert));
  });

  const get = async (concertId: string): Promise<Concert> => {
    const concert = await concerts.find(concertId);
    if (!concert) throw new Problem('not-found');
    return concert;
  };
  return {
    list: ({ limit, cursor }) => pages(JSON.stringify({ limit, cursor })),
    document: async (concertId) => {
      const document = await singles(concertId);
      if (!document) throw new Problem('not-found');
      return document;
    },
    get,
    create: async (fields) => ({ concertId: await concerts.create(fields) }),
    change: async (concertId, fields) => {
      if (Object.keys(fields).length > 0) await concerts.change(concertId, fields);
      return get(concertId);
    },
  };
}
