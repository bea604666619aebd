import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApiFile } from '../../scripts/openapi.ts';
import { problemStatus } from '../problems.ts';
import { allEndpoints, publicEndpoints } from './index.ts';
import { buildOpenApi, openApiText } from './openapi.ts';
import { problemsOf } from './problems-of.ts';

interface Operation {
  operationId: string;
  security: Record<string, unknown>[];
  parameters?: { name: string; in: string; required: boolean; schema: { type?: string } }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

const document = buildOpenApi();
const paths = document['paths'] as Record<string, Record<string, Operation>>;
const operations = Object.values(paths).flatMap((path) => Object.values(path));

describe('the OpenAPI document', () => {
  it('is committed as the contracts say; npm run openapi writes it anew', () => {
    expect(readFileSync(openApiFile, 'utf8') === openApiText()).to.equal(true);
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result.errors ?? []).to.deep.equal([]);
    expect(result.valid).to.equal(true);
    expect(validator.version).to.equal('3.1');
  });

  it('has every public call once, and none of the calls between the services', () => {
    expect(operations.length).to.equal(publicEndpoints.length);
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.have.members(publicEndpoints.map(({ name }) => name));
    expect(Object.keys(paths).filter((path) => path.startsWith('/internal'))).to.deep.equal([]);
    expect(allEndpoints.length).to.be.greaterThan(publicEndpoints.length);
  });

  it('answers every call with its success status and every problem it can have', () => {
    for (const endpoint of publicEndpoints) {
      const operation = operations.find(({ operationId }) => operationId === endpoint.name);
      const statuses = [
        endpoint.status,
        ...(endpoint.alsoStatus ? [endpoint.alsoStatus] : []),
        ...(endpoint.conditional ? [304] : []),
        ...problemsOf(endpoint).map(problemStatus),
      ];
      expect(Object.keys(operation?.responses ?? {}), endpoint.name).to.have.members([
        ...new Set(statuses.map(String)),
      ]);
    }
  });

  it('names every path parameter of the template', () => {
    for (const endpoint of publicEndpoints) {
      const operation = operations.find(({ operationId }) => operationId === endpoint.name);
      const inPath = (operation?.parameters ?? []).filter((parameter) => parameter.in === 'path');
      const inTemplate = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(inPath.map(({ name }) => name)).to.have.members(inTemplate);
      expect(inPath.every(({ required }) => required)).to.equal(true);
    }
  });

  it('has schemas that a strict validator compiles', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: { 'date-time': true } });
    let compiled = 0;
    const compileAll = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, member] of Object.entries(value)) {
        const refersElsewhere = JSON.stringify(member)?.includes('#/components/') ?? false;
        if (name === 'schema' && !refersElsewhere) {
          ajv.compile(member as object);
          compiled += 1;
        } else compileAll(member);
      }
    };
    compileAll(document);
    expect(compiled).to.be.greaterThan(60);
  });
});
