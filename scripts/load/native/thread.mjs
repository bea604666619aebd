// A thread does not inherit how TypeScript is read; it is told here, before the worker is.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
