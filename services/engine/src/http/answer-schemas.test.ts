import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Fault, type JsonSchema, OUTAGE_CAUSES } from '@earshot/contracts';
import { ANSWER_SCHEMAS } from '@earshot/contracts/answer-schemas';
import { HEARTBEAT_BODY_SCHEMA } from '@earshot/instrument';
import type { IssuedCredential } from '@earshot/registry';
import type { Health } from '@earshot/runtime';
import { describe, expect, it } from 'vitest';
import type { CredentialDocument } from '../application/list-credentials.ts';
import type { FleetDocument } from '../application/list-fleets.ts';
import type { PartitionIncidentDocument } from '../application/list-incidents.ts';
import type { PartitionOutageDocument } from '../application/list-outages.ts';
import type { SummaryDocument } from '../application/summarize.ts';
import type { SilenceDocument } from '../domain/join-silences.ts';
import type { PartitionDocument } from '../domain/observe-partitions.ts';
import type { SystemDocument } from '../domain/present-system.ts';
import type { Stamp } from './stamp.ts';

/** One of each, complete: the compiler refuses a member too few or too many, the schema another set of members. */

const ISO = '2026-03-01T10:00:00.400Z';

const system: SystemDocument = {
  system_id: 'pump-7',
  name: '',
  fleet: 'default',
  tags: ['site:rome'],
  interval_seconds: 600,
  ttl_seconds: 1_500,
  state: 'online',
  late: false,
  held: false,
  paused: false,
  paused_until: null,
  retired: false,
  last_seen: ISO,
  state_since: null,
  offline_at: null,
  verdict: null,
};
const partition: PartitionDocument = {
  partition: 0,
  condition: 'listening',
  now: ISO,
  proven: ISO,
  open: true,
  behind_seconds: 0.4,
  behind_records: 0,
  owner: 'liveness-1',
  listeners: ['ingest-1'],
  hold: 'none',
  late: 0,
  held: 0,
  outage: { from: ISO, to: ISO, cause: 'vanished', ingest: 'ingest-1' },
};
const silence: SilenceDocument = {
  id: '0/2821/fleet-silence-opened',
  kind: 'fleet_silence',
  opened_at: ISO,
  closed_at: null,
  late: 26,
  listed: 40,
  partitions: {
    silent: 1,
    of: 1,
    list: [{ partition: 0, opened_at: ISO, closed_at: null, late: 26, listed: 40, reason: null, by: '', note: '' }],
  },
  suspect: 'path',
};
const incident: PartitionIncidentDocument = { id: 'partition/0', kind: 'partition', condition: 'closed', partition };
const outage: PartitionOutageDocument = {
  id: '0/77/outage-recorded',
  partition: 0,
  from: ISO,
  to: ISO,
  cause: 'leaving',
  ingest: '',
};
const fleet: FleetDocument = {
  name: 'default',
  interval_seconds: 600,
  ttl_seconds: 1_500,
  auto_register: true,
  max_systems: 100_000,
  covers_own: false,
  totals: { systems: 1, unseen: 0, online: 1, offline: 0, of_which: { paused: 0 } },
};
const totals: SummaryDocument['totals'] = {
  systems: 1,
  unseen: 0,
  online: 1,
  offline: 0,
  of_which: { late: 0, held: 0, paused: 0 },
};
const credential: CredentialDocument = { id: 'bC3kZ0xA', created_at: ISO, last_used: null };
const issued: IssuedCredential = { id: 'bC3kZ0xA', username: 'pump-7', password: 'secret' };
const fault: Fault = { key: 'limit', message: 'out_of_range', value: '501' };
const health: Health = { ready: true, reasons: [] };
const stamp: Stamp = { as_of: ISO, projection: 'reachable' };
const summary: SummaryDocument = {
  totals,
  partitions: [partition],
  incidents: [silence, incident],
  projection: 'reachable',
  catalog: 'complete',
};

const DOCUMENTS: readonly (readonly [string, object])[] = [
  ['System', system],
  ['Partition', partition],
  ['FleetSilence', silence],
  ['PartitionIncident', incident],
  ['PartitionOutage', outage],
  ['Fleet', fleet],
  ['Totals', totals],
  ['Credential', credential],
  ['IssuedCredential', issued],
  ['Fault', fault],
  ['Health', health],
];

const schemaOf = (name: string): JsonSchema => {
  const schema = ANSWER_SCHEMAS[name];
  if (schema === undefined) throw new Error(`there is no schema ${name}`);
  return schema;
};
const memberOf = (schema: JsonSchema, name: string): JsonSchema =>
  (schema['properties'] as Readonly<Record<string, JsonSchema>>)[name] ?? {};

describe('the published schema of', () => {
  const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true } });

  it.each(DOCUMENTS)('%s has exactly the members that are answered', (name, document) => {
    expect(schemaOf(name)['required']).toEqual(Object.keys(document));
    expect(ajv.validate(schemaOf(name), document), ajv.errorsText()).toBe(true);
  });

  it('an incident tells the two kinds apart', () => {
    expect(ajv.validate(schemaOf('Incident'), silence)).toBe(true);
    expect(ajv.validate(schemaOf('Incident'), incident)).toBe(true);
    expect(ajv.validate(schemaOf('Incident'), { ...incident, kind: 'fleet_silence' })).toBe(false);
  });

  it('G10 the summary, as every answer about liveness, has the stamp', () => {
    const data = memberOf(schemaOf('SummaryAnswer'), 'data');
    expect(new Set(data['required'] as string[])).toEqual(new Set(Object.keys({ ...summary, ...stamp })));
    const answer = (members: object) => ({ code: 200, message: 'ok', data: { ...summary, ...stamp, ...members } });
    expect(ajv.validate(schemaOf('SummaryAnswer'), answer({}))).toBe(true);
    expect(ajv.validate(schemaOf('SummaryAnswer'), answer({ as_of: undefined }))).toBe(false);
  });

  it('the beat is the one that services get in process', () => {
    const { $id: _id, title: _title, ...inProcess } = HEARTBEAT_BODY_SCHEMA;
    expect(schemaOf('Beat')).toMatchObject(inProcess);
  });

  it('an outage knows every cause', () => {
    const cause = memberOf(schemaOf('Outage'), 'cause');
    expect(cause['enum']).toEqual(OUTAGE_CAUSES);
  });
});
