import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApiFile } from '../../scripts/openapi.ts';

export type Schema = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}

export interface Documented {
  /** By media type; none for an answer without a body. */
  content: Map<string, ValidateFunction>;
}

export interface BodyOf {
  mediaType: string;
  /** Where it is not, a call without one is right too. */
  isRequired: boolean;
  schema: Schema;
  isValid: ValidateFunction;
}

/** A call as the committed document has it, and nothing that the code knows besides. */
export interface Operation {
  name: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: BodyOf | undefined;
  wantsAccessToken: boolean;
  wantsQueueToken: boolean;
  isAdmin: boolean;
  answers: Map<number, Documented>;
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The document with every reference replaced by what it names. */
function withoutReferences(value: unknown, document: Schema): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutReferences(one, document));
  if (!isObject(value)) return value;
  const ref = value['$ref'];
  if (typeof ref === 'string') {
    const names = ref.replace('#/', '').split('/');
    const named = names.reduce<unknown>((at, name) => (at as Schema)[name], document);
    return withoutReferences(named, document);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutReferences(member, document)]),
  );
}

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

export const createValidator = (): Ajv2020 =>
  new Ajv2020({ strict: false, allErrors: false, formats: { 'date-time': dateTime, uri: true } });

type Content = Record<string, { schema: Schema }>;
interface RawOperation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { content?: Content }>;
  security: Record<string, unknown>[];
  tags: string[];
}

function toOperation(ajv: Ajv2020, method: string, path: string, raw: RawOperation): Operation {
  const wants = (name: string): boolean => raw.security.some((one) => name in one);
  const [body] = Object.entries(raw.requestBody?.content ?? {});
  const answers = Object.entries(raw.responses).map(([status, { content = {} }]) => {
    const compiled = Object.entries(content).map(
      ([type, { schema }]) => [type, ajv.compile(schema)] as const,
    );
    return [Number(status), { content: new Map(compiled) }] as const;
  });
  return {
    name: raw.operationId,
    method: method.toUpperCase(),
    path,
    parameters: raw.parameters ?? [],
    body: body && {
      mediaType: body[0],
      isRequired: raw.requestBody?.required ?? false,
      schema: body[1].schema,
      isValid: ajv.compile(body[1].schema),
    },
    wantsAccessToken: wants('accessToken'),
    wantsQueueToken: wants('queueToken'),
    isAdmin: raw.tags.includes('admin'),
    answers: new Map(answers),
  };
}

/** Every call of `docs/openapi.json`. */
export function readOperations(): Operation[] {
  const document = JSON.parse(readFileSync(openApiFile, 'utf8')) as Schema;
  const whole = withoutReferences(document, document) as Schema;
  const ajv = createValidator();
  const paths = whole['paths'] as Record<string, Record<string, RawOperation>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => toOperation(ajv, method, path, raw)),
  );
}
