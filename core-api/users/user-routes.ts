import { login, register } from '../../shared/contracts/auth.ts';
import type { Bind } from '../http/bind.ts';
import type { UserService } from './user-service.ts';

export function userRoutes(bind: Bind, users: UserService): void {
  bind(register, ({ body, signal }) => users.register(body, signal));
  bind(login, ({ body, signal }) => users.login(body, signal));
}
