import { describe, expect, it } from 'vitest';
import { encodePartitionEvent, encodeTransition, eventSource } from './cloud-events.ts';
import type { HeartbeatTopicRecord } from './heartbeat-records.ts';
import type { Transition } from './liveness-state.ts';
import {
  decodeHeartbeatTopicRecord,
  decodePartitionEvent,
  decodeRegistryEntry,
  decodeTransition,
  encodeHeartbeatTopicRecord,
} from './parse-records.ts';
import { partitionEventDocument } from './partition-event-document.ts';
import { transitionDocument } from './transition-document.ts';

const AT = Date.UTC(2025, 6, 21, 10, 25);
const OFFLINE: Transition = {
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
};

describe('records of the heartbeats topic', () => {
  const records: readonly (readonly [string | null, HeartbeatTopicRecord])[] = [
    ['sys-1', { type: 'heartbeat', ttl_ms: 1_500_000, revision: 3, fleet: 'default', credential: 'abcd1234' }],
    [null, { type: 'knock', ingest: 'i1', n: 4, refused: 2, names: ['sys-1'], leaving: true }],
    ['sys-1', { type: 'system', revision: 5, ttl_ms: 15_000, paused: true, fleet: 'default' }],
    ['sys-1', { type: 'system', revision: 6, retired: true }],
    [null, { type: 'release', by: 'ada', reason: 'planned' }],
  ];
  it.each(records)('come back as they were written: %s %j', (key, record) => {
    expect(decodeHeartbeatTopicRecord(key, encodeHeartbeatTopicRecord(record))).toEqual({ value: record });
  });

  it('leave out members that are false, empty or 0', () => {
    expect(
      encodeHeartbeatTopicRecord({
        type: 'knock',
        ingest: 'i1',
        n: 1,
        refused: 0,
        names: [],
        leaving: false,
        goodbye: false,
      }),
    ).toBe('{"type":"knock","ingest":"i1","n":1}');
  });

  it('may have members that are not known', () => {
    expect(decodeHeartbeatTopicRecord('s', '{"type":"heartbeat","ttl_ms":15000,"mood":"fine"}')).toHaveProperty(
      'value',
    );
  });

  it.each([
    ['s', null, 'not_json'],
    ['s', '{', 'not_json'],
    ['s', '7', 'unknown_type'],
    ['s', 'null', 'unknown_type'],
    ['s', '{"type":"constructor"}', 'unknown_type'],
    ['s', '{"type":"heartbeat"}', 'schema'],
    ['s', '{"type":"heartbeat","ttl_ms":-1}', 'schema'],
    ['s', '{"type":"heartbeat","ttl_ms":1e300}', 'schema'],
    [null, '{"type":"heartbeat","ttl_ms":15000}', 'no_key'],
    [null, '{"type":"system","ttl_ms":15000}', 'no_key'],
    ['s', '{"type":"system"}', 'schema'],
    [null, '{"type":"knock","ingest":"","n":1}', 'schema'],
    [null, `{"type":"knock","ingest":"i","n":1,"names":${JSON.stringify(Array(65).fill('s'))}}`, 'schema'],
  ])('H23 say why they cannot be read: %s %s', (key, value, reason) => {
    expect(decodeHeartbeatTopicRecord(key, value)).toEqual({ unreadable: reason });
  });
});

describe('entries of the registry topic', () => {
  it('get the defaults of what an older writer left out', () => {
    const decoded = decodeRegistryEntry(
      '{"type":"system","system_id":"s","fleet":"default","interval_ms":600000,"ttl_ms":1500000,"credentials":[]}',
    );
    expect(decoded).toMatchObject({ value: { name: '', tags: [], paused: false, paused_until: null, retired: false } });
  });

  it.each(['{', '7', '{"type":"system"}', '{"type":"fleet","name":"f","interval_ms":1,"ttl_ms":1,"credentials":[{}]}'])(
    'are refused where no schema fits: %s',
    (value) => {
      expect(decodeRegistryEntry(value)).toHaveProperty('unreadable');
    },
  );
});

describe('published events', () => {
  const source = eventSource('log-1', 0);

  it('carry the very document that the engine answers', () => {
    expect(decodeTransition(encodeTransition(OFFLINE, source))).toEqual({ value: transitionDocument(OFFLINE) });
  });

  it('are CloudEvents 1.0', () => {
    expect(JSON.parse(encodeTransition(OFFLINE, source))).toMatchObject({
      specversion: '1.0',
      id: '17/sys-1',
      source: '/earshot/log-1/partitions/0',
      type: 'io.earshot.system.offline.v1',
      subject: 'sys-1',
      time: '2025-07-21T10:25:00.000Z',
      datacontenttype: 'application/json',
    });
  });

  it('G11 carry the inputs of an offline decision, and none for online', () => {
    expect(transitionDocument(OFFLINE).verdict).toMatchObject({
      rule: 'contiguous',
      open_seconds: 15,
      ttl_seconds: 15,
    });
    const online: Transition = { ...OFFLINE, to: 'online', evidence: { ...OFFLINE.evidence, rule: null } };
    expect(transitionDocument(online).verdict).toBeNull();
    expect(decodeTransition(encodeTransition(online, source))).toHaveProperty('value');
  });

  it.each([
    { event: 'fleet-silence-opened', id: '0/1/x', position: 1, at: AT, late: 12, listed: 40 },
    { event: 'fleet-silence-closed', id: '0/1/x', position: 1, at: AT, reason: 'operator', by: 'ada', note: '' },
    {
      event: 'outage-recorded',
      id: '0/1/x',
      position: 1,
      at: AT,
      outage: { from: 1, to: 2, cause: 'leaving', ingest: '' },
    },
  ] as const)('of a partition come back as their document: $event', (event) => {
    expect(decodePartitionEvent(encodePartitionEvent(event, source))).toEqual({ value: partitionEventDocument(event) });
  });

  it.each(['{', '{}', '{"specversion":"1.0","id":"1","source":"s","type":"t","data":{}}'])(
    'that are none of ours are refused: %s',
    (value) => {
      expect(decodeTransition(value)).toHaveProperty('unreadable');
      expect(decodePartitionEvent(value)).toHaveProperty('unreadable');
    },
  );
});
