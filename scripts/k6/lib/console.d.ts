/** Of k6, which has no types for it. */
declare const console: { error(line: string): void };
