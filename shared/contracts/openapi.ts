import { type ProblemCode, problemCodes, problemMediaType, problemStatus } from '../problems.ts';
import { type Endpoint, type Guard, isBodyOptional } from './endpoint.ts';
import { publicEndpoints } from './index.ts';
import { type Json, propertiesOf, toSchema } from './openapi-schema.ts';
import { problemsOf } from './problems-of.ts';

/** The tag of a call: who it is for, else the first word of its path. */
function tagOf({ path, guard }: Endpoint): string {
  if (guard === 'admin') return 'admin';
  const word = path.split('/')[1] ?? '';
  if (/^(health|\.well-known|openapi\.json)$/.test(word)) return 'operation';
  return word === 'auth' ? 'accounts' : word;
}

const security: Record<Guard, Json[]> = {
  open: [],
  user: [{ accessToken: [] }],
  admin: [{ accessToken: [] }],
  queue: [{ queueToken: [] }],
  active: [{ queueToken: [] }, { queueToken: [], accessToken: [] }],
  'active+user': [{ queueToken: [], accessToken: [] }],
  service: [],
};

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same key with the same body answers what was answered the first time. Kept 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '6b1f0a0e-6f0a-4a3e-9a53-4d1f5b0c2f11',
};

const ifNoneMatch: Json = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of the answer the caller has.',
  schema: { type: 'string' },
};

function parametersOf({ params, query, idempotent, conditional }: Endpoint): Json[] {
  const of = (where: 'path' | 'query', schema: typeof params): Json[] =>
    schema
      ? propertiesOf(schema).map((property) => ({
          name: property.name,
          in: where,
          required: where === 'path' || property.required,
          schema: property.schema,
        }))
      : [];
  return [
    ...of('path', params),
    ...of('query', query),
    ...(idempotent ? [idempotencyKey] : []),
    ...(conditional ? [ifNoneMatch] : []),
  ];
}

const retryAfter: Json = {
  description: 'Seconds to wait',
  schema: { type: 'integer', minimum: 0 },
};
const requestId: Json = { $ref: '#/components/headers/RequestId' };

const notModified: Json = {
  description: 'Unchanged since the `ETag` that was given',
  headers: { 'X-Request-Id': requestId },
};

function successResponses(endpoint: Endpoint): Json {
  const { status, alsoStatus, reply, mediaType, alsoMediaType, summary, conditional } = endpoint;
  const other = alsoMediaType ? { [alsoMediaType]: { schema: { type: 'string' } } } : {};
  const schema = reply ? toSchema(reply, 'output') : {};
  const content = reply
    ? { content: { [mediaType ?? 'application/json']: { schema }, ...other } }
    : {};
  const response = { description: summary, headers: { 'X-Request-Id': requestId }, ...content };
  const answers = [status, ...(alsoStatus ? [alsoStatus] : [])].map((code) => [code, response]);
  return Object.fromEntries([...answers, ...(conditional ? [[304, notModified]] : [])]) as Json;
}

/** Problems of one status share an answer; its schema names their codes. */
function problemResponse(codes: readonly ProblemCode[], status: number): Json {
  const waits = status === 429 || status === 503;
  const narrowed = { properties: { status: { const: status }, code: { enum: codes } } };
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    headers: { 'X-Request-Id': requestId, ...(waits ? { 'Retry-After': retryAfter } : {}) },
    content: {
      [problemMediaType]: {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, narrowed] },
      },
    },
  };
}

/** The codes that share a status, each such set once: `[status, codes, name]`. */
function problemSets(endpoint: Endpoint): [number, ProblemCode[], string][] {
  const codes = problemsOf(endpoint);
  const statuses = [...new Set(codes.map(problemStatus))].sort((a, b) => a - b);
  return statuses.map((status) => {
    const here = codes.filter((code) => problemStatus(code) === status);
    return [status, here, here.join('_')];
  });
}

const problemReferences = (endpoint: Endpoint): Json =>
  Object.fromEntries(
    problemSets(endpoint).map(([status, , name]) => [
      String(status),
      { $ref: `#/components/responses/${name}` },
    ]),
  );

const sharedResponses = (): Json =>
  Object.fromEntries(
    publicEndpoints
      .flatMap(problemSets)
      .map(([status, codes, name]) => [name, problemResponse(codes, status)]),
  );

function operationOf(endpoint: Endpoint): Json {
  const { name, summary, guard, body, bodyType } = endpoint;
  const parameters = parametersOf(endpoint);
  return {
    operationId: name,
    summary,
    tags: [tagOf(endpoint)],
    security: security[guard],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: !isBodyOptional(endpoint),
            content: { [bodyType ?? 'application/json']: { schema: toSchema(body, 'input') } },
          },
        }
      : {}),
    responses: { ...successResponses(endpoint), ...problemReferences(endpoint) },
  };
}

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457. Further members depend on the code, e.g. `seatIds` or `reason`.',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', examples: ['urn:problem:invalid-request'] },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { type: 'string', enum: problemCodes },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: { type: 'string', examples: ['body.amount'] },
          message: { type: 'string' },
        },
      },
    },
  },
};

const components: Json = {
  headers: {
    RequestId: {
      description: 'Id of the request, in every log line about it',
      schema: { type: 'string' },
    },
  },
  schemas: { Problem: problemSchema },
  securitySchemes: {
    accessToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken` of `POST /auth/login`.',
    },
    queueToken: {
      type: 'apiKey',
      in: 'header',
      name: 'X-Queue-Token',
      description: 'The `token` of `POST /queue/{concertId}/tokens` or of its activation.',
    },
  },
};

/** The public surface as an OpenAPI 3.1 document, from the same data both services are bound by. */
export function buildOpenApi(): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of publicEndpoints) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operationOf(endpoint),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Concert on-sale',
      version: '1.0.0',
      summary: 'A virtual waiting room in front of seats and payments',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(publicEndpoints.map(tagOf))].map((name) => ({ name })),
    paths,
    components: { ...components, responses: sharedResponses() },
  };
}

/** The document as it is committed and served. */
export const openApiText = (): string => `${JSON.stringify(buildOpenApi(), null, 2)}\n`;
