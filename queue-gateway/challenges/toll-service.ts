import type { Joined, JoinService } from '../queue/join-service.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { ChallengeOffer } from '../../shared/contracts/challenges.ts';
import type { Challenges, Comer } from './challenge-service.ts';

/** Joining where a new place may cost something. The place one has costs nothing. */
export interface TollService {
  /** What a new place in this room costs. @throws Problem `not-found`, `unavailable`. */
  offer(userId: string, roomId: string): Promise<ChallengeOffer>;
  /**
   * @throws Problem `not-found`, `room-closed`, `room-full`, `challenge-required`,
   *   `challenge-failed`.
   */
  join(comer: Comer, roomId: string): Promise<Joined>;
}

/** Also a setting that Redis kept from before there were challenges asks nothing. */
const asksSomething = ({ challenge }: RoomSetting): boolean =>
  challenge === 'pow' || challenge === 'captcha';

const gotNobodyIn = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'room-full' || error.code === 'room-closed');

export function createTollService(deps: {
  rooms: Pick<RoomDirectory, 'ensure'>;
  challenges: Challenges;
  joins: JoinService;
}): TollService {
  const { rooms, challenges, joins } = deps;

  /** What was paid wrong is no reason to keep somebody from the place that is there already. */
  async function findOrRefuse(userId: string, roomId: string, refusal: unknown): Promise<Joined> {
    try {
      return await joins.find(userId, roomId);
    } catch (error) {
      const hasNone = error instanceof Problem && error.code === 'challenge-required';
      throw hasNone ? refusal : error;
    }
  }

  return {
    async offer(userId, roomId) {
      return challenges.offer((await rooms.ensure(roomId)).setting, userId);
    },
    async join(comer, roomId) {
      const { userId } = comer;
      const { setting } = await rooms.ensure(roomId);
      if (!asksSomething(setting)) return joins.join(userId, roomId);
      const paid = await challenges.take(setting, comer).catch((error: unknown) => ({ error }));
      if (typeof paid === 'object') return findOrRefuse(userId, roomId, paid.error);
      try {
        return await joins.join(userId, roomId);
      } catch (error) {
        if (gotNobodyIn(error)) await paid();
        throw error;
      }
    },
  };
}
