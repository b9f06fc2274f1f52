import { describe, expect, it } from 'vitest';
import { createAnswerCheck, type GivenAnswer } from './answer-check.ts';
import { errorEnvelope } from './envelope.ts';
import { openApiDocument } from './open-api.ts';

const check = createAnswerCheck(openApiDocument({ version: '0.1.0' }));
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

interface Given extends Partial<Omit<GivenAnswer, 'header'>> {
  readonly headers?: Readonly<Record<string, string>>;
}
const faults = ({ headers = {}, ...given }: Given): readonly string[] => {
  const all: Readonly<Record<string, string>> = { ...JSON_TYPE, ...headers };
  return check({
    method: 'GET',
    path: '/healthz',
    status: 200,
    text: '{"code":200,"message":"alive","data":{}}',
    header: (name) => all[name.toLowerCase()] ?? null,
    ...given,
  });
};
const FRESH = { 'cache-control': 'no-store' };

describe('an answer check', () => {
  it('finds nothing wrong with an answer that is described', () => {
    expect(faults({ headers: FRESH })).toEqual([]);
    expect(faults({ headers: FRESH, method: 'HEAD', text: '' })).toEqual([]);
  });

  it('knows the answers to unknown paths and methods', () => {
    const allow = { allow: 'GET, HEAD' };
    expect(faults({ path: '/nothing', status: 404, text: errorEnvelope(404) })).toEqual([]);
    expect(faults({ method: 'PUT', status: 405, text: errorEnvelope(405), headers: allow })).toEqual([]);
  });

  it.each<readonly [string, Given, string]>([
    ['a status', { status: 418 }, 'GET /healthz 418 is not described'],
    ['a path', { path: '/nothing' }, 'GET /nothing 200 is not described'],
    ['a method', { method: 'DELETE' }, 'DELETE /healthz 200 is not described'],
    ['a type', { headers: { ...FRESH, 'content-type': 'text/html' } }, 'Content-Type text/html is not described'],
  ])('refuses %s that is not described', (_what, given, fault) => {
    expect(faults({ headers: FRESH, ...given })).toEqual([fault]);
  });

  it.each<readonly [string, Given, string]>([
    ['a missing header', { headers: {} }, 'Cache-Control is missing'],
    ['another header', { headers: { 'cache-control': 'public' } }, 'Cache-Control must be equal to constant'],
    ['another body', { text: '{"code":201,"message":"alive","data":{}}' }, '/code must be equal to constant'],
    ['a missing member', { text: '{"code":200,"message":"alive"}' }, "must have required property 'data'"],
    ['what is no JSON', { text: '<html>' }, 'the body is not JSON'],
    ['a body to HEAD', { method: 'HEAD' }, 'there is a body'],
  ])('refuses %s', (_what, given, fault) => {
    expect(faults({ headers: FRESH, ...given })).toEqual([fault]);
  });

  it('refuses an error of another status', () => {
    const given = { path: '/api/fleets/{name}', status: 404, text: errorEnvelope(409) };
    expect(faults(given)).toContain('/code must be equal to constant');
  });
});
