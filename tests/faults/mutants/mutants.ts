import { lineMutants } from './line-mutants.ts';
import type { Mutant } from './mutant.ts';
import { pointMutants } from './point-mutants.ts';
import { saleMutants } from './sale-mutants.ts';

export const mutants: readonly Mutant[] = [...saleMutants, ...pointMutants, ...lineMutants];
