import { z } from 'zod';

export type Json = { [name: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a generated schema says that helps no reader: the bounds of a double, a date's pattern. */
function tidy(schema: Json): Json {
  const { example, minimum, maximum, pattern, ...rest } = schema;
  const isText = rest['type'] === 'string' || rest['type'] === undefined;
  const keepPattern = pattern !== undefined && isText && rest['format'] !== 'date-time';
  if (rest['type'] === 'boolean') delete rest['enum'];
  return {
    ...rest,
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
    ...(keepPattern ? { pattern } : {}),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

function walk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(walk);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, walk(member)] as const);
  return tidy(Object.fromEntries(entries));
}

/**
 * The JSON Schema (2020-12, as OpenAPI 3.1 takes it) of what a caller sends (`input`) or of what
 * we answer (`output`).
 */
export function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json: Json = { ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) };
  delete json['$schema'];
  return walk(json) as Json;
}

/** The properties of an object schema: name, schema, whether it must be there. */
export function propertiesOf(
  schema: z.ZodObject,
): { name: string; schema: Json; required: boolean }[] {
  const json = toSchema(schema, 'input');
  const required = (json['required'] ?? []) as string[];
  const properties = (json['properties'] ?? {}) as Record<string, Json>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    schema: property,
    required: required.includes(name),
  }));
}
