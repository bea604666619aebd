import { login, register } from '../../shared/contracts/auth.ts';
import { findAccount } from '../../shared/contracts/internal.ts';
import type { Bind } from '../http/bind.ts';
import type { UserService } from './user-service.ts';

export function userRoutes(bind: Bind, users: UserService): void {
  bind(register, ({ body, signal }) => users.register(body, signal));
  bind(findAccount, ({ params }) => users.find(params.userName));
  bind(login, ({ body, signal }) => users.login(body, signal));
}
