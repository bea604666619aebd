import type { Concert } from '../../shared/contracts/concerts.ts';
import { Problem } from '../../shared/problems.ts';
import { createFlights } from '../db/flights.ts';
import type { Page, PageQuery } from '../db/page.ts';
import type { ConcertFields, ConcertRepository } from './concert-repository.ts';

export interface ConcertService {
  list(page: PageQuery): Promise<Page<Concert>>;
  /** @throws Problem `not-found` */
  get(concertId: string): Promise<Concert>;
  create(fields: ConcertFields): Promise<{ concertId: string }>;
  /** @throws Problem `not-found` */
  change(concertId: string, fields: Partial<ConcertFields>): Promise<Concert>;
}

export function createConcertService(concerts: ConcertRepository): ConcertService {
  const pages = createFlights((key) => concerts.list(JSON.parse(key) as PageQuery));
  const singles = createFlights((concertId) => concerts.find(concertId));

  const get = async (concertId: string): Promise<Concert> => {
    const concert = await singles(concertId);
    if (!concert) throw new Problem('not-found');
    return concert;
  };
  return {
    list: ({ limit, cursor }) => pages(JSON.stringify({ limit, cursor })),
    get,
    create: async (fields) => ({ concertId: await concerts.create(fields) }),
    change: async (concertId, fields) => {
      if (Object.keys(fields).length > 0) await concerts.change(concertId, fields);
      return get(concertId);
    },
  };
}
