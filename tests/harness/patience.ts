/**
 * How long services and clients under test wait for Redis: a machine that pauses for a moment must
 * not look like a Redis that is away. Tests of that limit say their own.
 */
export const patienceMs = 2_000;

export const patience = { REDIS_TIMEOUT_MS: String(patienceMs) };
