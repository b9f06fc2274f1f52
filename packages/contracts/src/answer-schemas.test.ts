import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { ANSWER_SCHEMAS } from './answer-schemas.ts';
import { type ErrorStatus, errorEnvelope, STATUS_MESSAGES, validationEnvelope } from './envelope.ts';
import { errorSchemaOf } from './heartbeat-answers.ts';
import type { Transition } from './liveness-state.ts';
import { TRANSITION_SCHEMA } from './schemas.ts';
import { transitionDocument } from './transition-document.ts';

const AT = Date.UTC(2025, 6, 21, 10, 25);
const OFFLINE = transitionDocument({
  id: '17/sys-1',
  position: 17,
  systemId: 'sys-1',
  fleet: 'default',
  registration: 3,
  sequence: 2,
  from: 'online',
  to: 'offline',
  occurredAt: AT,
  decidedAt: AT + 40,
  evidence: {
    lastSeen: AT - 15_000,
    since: AT - 15_000,
    ttlMs: 15_000,
    proven: AT,
    openSince: AT - 60_000,
    openMs: 15_000,
    rule: 'contiguous',
    outages: [{ from: AT - 70_000, to: AT - 60_000, cause: 'not_heard', ingest: 'i1' }],
    hold: 'none',
    heldMs: 0,
  },
} satisfies Transition);

const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true } });
const fits = (schema: object | undefined, value: unknown): boolean => ajv.validate(schema ?? false, value);
const acknowledged = (members: object = {}) => ({
  code: 200,
  message: 'heartbeat acknowledged',
  data: { system_id: 'a', acknowledged: true, last_heartbeat: '2025-07-21T10:25:00.000Z' },
  ...members,
});
const BEAT = { tick: 1, pid: 2, build: '2aae3712', startTime: 1.5, uptime: 0, lastBeat: 1.5 };

describe('the schemas of answers', () => {
  it.each(Object.entries(ANSWER_SCHEMAS))('compile in strict mode, each by itself: %s', (_name, schema) => {
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  it.each(Object.entries(ANSWER_SCHEMAS).filter(([, schema]) => 'properties' in schema))(
    'require every member they describe: %s',
    (_name, schema) => {
      expect(schema['required']).toEqual(Object.keys(schema['properties'] as object));
    },
  );

  it('leave objects open but where the contract says exactly', () => {
    const closed = Object.entries(ANSWER_SCHEMAS).filter(([, schema]) => 'additionalProperties' in schema);
    expect(closed.map(([name]) => name)).toEqual(['Beat', 'NoBeatYet', 'BeatFailed']);
    expect(fits(ANSWER_SCHEMAS['Acknowledgement'], acknowledged({ more: 1 }))).toBe(true);
    expect(fits(ANSWER_SCHEMAS['Beat'], BEAT)).toBe(true);
    expect(fits(ANSWER_SCHEMAS['Beat'], { ...BEAT, more: 1 })).toBe(false);
  });

  it.each([
    [{ code: 201 }],
    [{ message: 'ok' }],
    [{ data: { system_id: 'a', acknowledged: false, last_heartbeat: '2025-07-21T10:25:00.000Z' } }],
    [{ data: { system_id: 'a', acknowledged: true, last_heartbeat: '2025-07-21T10:25:00Z' } }],
    [{ data: { system_id: '', acknowledged: true, last_heartbeat: '2025-07-21T10:25:00.000Z' } }],
    [{ data: { acknowledged: true, last_heartbeat: '2025-07-21T10:25:00.000Z' } }],
  ])('refuse an acknowledgement that differs from the published one: %j', (members) => {
    expect(fits(ANSWER_SCHEMAS['Acknowledgement'], acknowledged())).toBe(true);
    expect(fits(ANSWER_SCHEMAS['Acknowledgement'], acknowledged(members))).toBe(false);
  });

  it.each(Object.keys(STATUS_MESSAGES).map((status) => Number(status) as ErrorStatus))(
    'describe the error %i, and take no other for it',
    (status) => {
      const error: unknown = JSON.parse(errorEnvelope(status));
      expect(fits(ANSWER_SCHEMAS['Error'], error)).toBe(true);
      expect(fits(errorSchemaOf(status), error)).toBe(true);
      const other = status === 404 ? 405 : 404;
      expect(fits(errorSchemaOf(other), error)).toBe(false);
      expect(fits(errorSchemaOf(status), { code: status, message: STATUS_MESSAGES[other], data: {} })).toBe(false);
    },
  );

  it('describe the published faults, and no others', () => {
    const invalid = (key: string, message: string): unknown =>
      JSON.parse(validationEnvelope([{ key, message, value: '' }]));
    const ofHeartbeats = ANSWER_SCHEMAS['HeartbeatInvalid'];
    expect(fits(ofHeartbeats, invalid('system_id', 'required'))).toBe(true);
    expect(fits(ofHeartbeats, invalid('body', 'malformed_json'))).toBe(true);
    expect(fits(ofHeartbeats, invalid('system_id', 'out_of_range'))).toBe(false);
    expect(fits(ofHeartbeats, invalid('mood', 'required'))).toBe(false);
    expect(fits(ANSWER_SCHEMAS['Invalid'], invalid('limit', 'out_of_range'))).toBe(true);
    expect(fits(ANSWER_SCHEMAS['Invalid'], JSON.parse(validationEnvelope([])))).toBe(false);
  });

  it('G11 describe exactly the members of a transition and of its verdict', () => {
    const [outage] = OFFLINE.verdict?.outages ?? [];
    expect(ANSWER_SCHEMAS['Transition']?.['required']).toEqual(Object.keys(OFFLINE));
    expect(ANSWER_SCHEMAS['Verdict']?.['required']).toEqual(Object.keys(OFFLINE.verdict ?? {}));
    expect(ANSWER_SCHEMAS['Outage']?.['required']).toEqual(Object.keys(outage ?? {}));
    expect(fits(ANSWER_SCHEMAS['Transition'], OFFLINE)).toBe(true);
    expect(fits(ANSWER_SCHEMAS['Transition'], { ...OFFLINE, to: 'online', verdict: null })).toBe(true);
    expect(fits(ANSWER_SCHEMAS['Transition'], { ...OFFLINE, verdict: { rule: 'contiguous' } })).toBe(false);
  });

  it('describe a transition as readers of its topic know it', () => {
    const { data } = TRANSITION_SCHEMA['properties'] as { readonly data: { readonly properties: object } };
    expect(new Set(Object.keys(data.properties))).toEqual(new Set(Object.keys(OFFLINE)));
  });
});
