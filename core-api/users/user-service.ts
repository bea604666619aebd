import { userName as userNameSchema } from '../../shared/contracts/auth.ts';
import { Problem } from '../../shared/problems.ts';
import { accessTokenSeconds, type SignAccessToken } from './access-token.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { UserRepository } from './user-repository.ts';

interface Credentials {
  userName: string;
  password: string;
}

export interface UserService {
  /** @throws Problem `user-name-taken` */
  register(
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<{ userId: string; userName: string }>;
  /** @throws Problem `bad-credentials`, whatever was wrong with them */
  login(
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<{ accessToken: string; tokenType: 'Bearer'; expiresIn: number }>;
  /** @throws Problem `not-found` */
  find(userName: string): Promise<{ userId: string; userName: string }>;
}

export interface UserServiceDeps {
  users: UserRepository;
  hasher: PasswordHasher;
  signAccessToken: SignAccessToken;
}

export function createUserService({
  users,
  hasher,
  signAccessToken,
}: UserServiceDeps): UserService {
  return {
    register: async ({ userName, password }, signal) => {
      // Asked before the costly hash; who registers in between is stopped by the UNIQUE key.
      if (await users.findByName(userName)) throw new Problem('user-name-taken');
      const passwordHash = await hasher.hash(password, signal);
      const userId = await users.create({ userName, passwordHash });
      if (userId === undefined) throw new Problem('user-name-taken');
      return { userId, userName };
    },
    find: async (name) => {
      const user = await users.findByName(name);
      if (!user) throw new Problem('not-found');
      const { userId, userName } = user;
      return { userId, userName };
    },
    login: async ({ userName, password }, signal) => {
      // The column compares without case and trailing blanks: only what can be a name is asked for.
      const isName = userNameSchema.safeParse(userName).success;
      const user = isName ? await users.findByName(userName) : undefined;
      const matches = await hasher.verify(user?.passwordHash, password, signal);
      if (!user || !matches || user.status !== 'ACTIVE') throw new Problem('bad-credentials');
      return {
        accessToken: await signAccessToken(user),
        tokenType: 'Bearer',
        expiresIn: accessTokenSeconds,
      };
    },
  };
}
