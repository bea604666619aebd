import type { Concert } from '../../shared/contracts/concerts.ts';
import { Problem } from '../../shared/problems.ts';
import { createKept } from '../db/kept.ts';
import type { PageQuery } from '../db/page.ts';
import { type Document, toDocument } from '../http/document.ts';
import type { ConcertFields, ConcertRepository } from './concert-repository.ts';

export interface ConcertService {
  /** A page of concerts as the reply's JSON; at most half a second old, as `document` is. */
  list(page: PageQuery): Promise<Document>;
  /** @throws Problem `not-found` */
  document(concertId: string): Promise<Document>;
  /** After an owner's change: nothing from before it is told any more. */
  forget(): void;
  /** @throws Problem `not-found` */
  get(concertId: string): Promise<Concert>;
  create(fields: ConcertFields): Promise<{ concertId: string }>;
  /** @throws Problem `not-found` */
  change(concertId: string, fields: Partial<ConcertFields>): Promise<Concert>;
}

export interface ConcertServiceDeps {
  concerts: ConcertRepository;
  /** Monotonic, in ms. */
  now: () => number;
}

/** Pages and concerts that are kept; what lies beyond is read each time it is asked for. */
const pagesMax = 200;
const singlesMax = 1_000;

export function createConcertService({ concerts, now }: ConcertServiceDeps): ConcertService {
  const pages = createKept<Document>({
    load: async (key) => {
      const page = await concerts.list(JSON.parse(key) as PageQuery);
      return toDocument(JSON.stringify(page));
    },
    now,
    keysMax: pagesMax,
  });
  const singles = createKept<Document>({
    load: async (concertId) => {
      const concert = await concerts.show(concertId);
      return concert && toDocument(JSON.stringify(concert));
    },
    now,
    keysMax: singlesMax,
  });

  const get = async (concertId: string): Promise<Concert> => found(await concerts.find(concertId));
  return {
    list: async ({ limit, cursor }) => found(await pages.get(JSON.stringify({ limit, cursor }))),
    document: async (concertId) => found(await singles.get(concertId)),
    forget: () => {
      pages.forget();
      singles.forget();
    },
    get,
    create: async (fields) => ({ concertId: await concerts.create(fields) }),
    change: async (concertId, fields) => {
      if (Object.keys(fields).length > 0) await concerts.change(concertId, fields);
      return get(concertId);
    },
  };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Problem('not-found');
  return value;
}
