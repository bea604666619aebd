import type { Role } from '../../shared/contracts/auth.ts';
import type { Database } from '../db/database.ts';
import { isDuplicate } from '../db/db-errors.ts';

export interface UserRecord {
  userId: string;
  userName: string;
  passwordHash: string;
  role: Role;
  status: 'ACTIVE' | 'INACTIVE';
}

export interface UserRepository {
  findByName(userName: string): Promise<UserRecord | undefined>;
  /** The account and its empty balance; undefined when the name is taken. */
  create(user: { userName: string; passwordHash: string }): Promise<string | undefined>;
}

/** `user_name` compares without case. */
const findByNameSql = `SELECT user_id AS userId, user_name AS userName,
  password_hash AS passwordHash, role, status FROM users WHERE user_name = ?`;

export function createUserRepository(database: Database): UserRepository {
  return {
    findByName: async (userName) => {
      const [row] = await database.rows<Omit<UserRecord, 'userId'> & { userId: number }>(
        findByNameSql,
        [userName],
      );
      return row && { ...row, userId: String(row.userId) };
    },
    create: async ({ userName, passwordHash }) => {
      try {
        return await database.transaction(async (tx) => {
          const { insertId } = await tx.run(
            'INSERT INTO users (user_name, password_hash) VALUES (?, ?)',
            [userName, passwordHash],
          );
          await tx.run('INSERT INTO point (user_id) VALUES (?)', [insertId]);
          return String(insertId);
        });
      } catch (error) {
        // Whoever checked first: the UNIQUE key says whose name it is.
        if (isDuplicate(error)) return undefined;
        throw error;
      }
    },
  };
}
