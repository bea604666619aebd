import type { Edit } from './mutant.ts';

export function applyEdits(path: string, text: string, edits: readonly Edit[]): string;
