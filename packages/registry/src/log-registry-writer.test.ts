import {
  AUDIT_TOPIC,
  decodeHeartbeatTopicRecord,
  HEARTBEATS_TOPIC,
  partitionOf,
  REGISTRY_TOPIC,
} from '@earshot/contracts';
import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureFleet } from './ensure-fleet.ts';
import { createLogRegistryWriter, type LogRegistryWriter } from './log-registry-writer.ts';
import type { NewFleet, NewSystem, Outcome } from './registry-change.ts';
import { verifyCredential } from './secrets.ts';
import { NOW } from './testing/entries.ts';
import { openTestRegistry, TEST_PARTITIONS, type TestRegistry } from './testing/test-registry.ts';

const LIFTS: NewFleet = {
  name: 'lifts',
  intervalMs: 600_000,
  ttlMs: 1_500_000,
  autoRegister: true,
  systemsMax: 100_000,
  coversOwn: false,
};
const newSystem = (systemId: string, members: Partial<NewSystem> = {}): NewSystem => ({
  systemId,
  fleet: 'lifts',
  name: '',
  tags: [],
  ...members,
});

let clock: ManualClock;
let registry: TestRegistry;
let writer: LogRegistryWriter;
let isWriter: boolean;
let known: Set<string>;
let askLiveness: (systemId: string) => Promise<boolean>;
let reached: (end: number) => Promise<void>;
let errors: unknown[];
beforeEach(async () => {
  clock = createManualClock({ wall: NOW });
  registry = await openTestRegistry(clock);
  await registry.reader.start();
  isWriter = true;
  known = new Set();
  errors = [];
  reached = (end) => registry.reader.reached(end);
  askLiveness = (systemId) => Promise.resolve(known.has(systemId));
  writer = createLogRegistryWriter({
    log: registry.log,
    entries: { ...registry.entries, reached: (end) => reached(end) },
    partitions: TEST_PARTITIONS,
    clock,
    isWriter: () => isWriter,
    isKnownToLiveness: (systemId) => askLiveness(systemId),
    onError: (error) => void errors.push(error),
  });
});
afterEach(async () => {
  await writer.stop();
  await registry.close();
});

const done = <T>(outcome: Outcome<T>): T => {
  if ('done' in outcome) return outcome.done;
  throw new Error(`refused: ${JSON.stringify(outcome.refused)}`);
};
const reasonOf = (outcome: Outcome<unknown>): string => ('done' in outcome ? 'done' : outcome.refused.reason);
const recordsOf = (topic: string) => registry.log.appended.flat().filter((record) => record.topic === topic);
const systemRecords = () =>
  recordsOf(HEARTBEATS_TOPIC).map(({ key, value, partition }) => ({
    key,
    partition,
    value: undefined as unknown,
    ...decodeHeartbeatTopicRecord(key, value),
  }));

/** When a change is answered after it, the audit records of all before it are written. */
const settle = (): Promise<unknown> => writer.resumeSystem('nobody');

describe('createLogRegistryWriter', () => {
  it('H39 appends a change to the registry, then tells the fold its revision, then answers', async () => {
    const fleet = done(await writer.createFleet(LIFTS));
    const { system } = done(await writer.createSystem(newSystem('a', { tags: ['site:rome'], ttlMs: 900_000 })));
    expect([fleet.fleet.revision, system.revision]).toEqual([0, 1]);
    expect(registry.reader.view.system('a')).toMatchObject({ revision: 1, ttlMs: 900_000, fleet: 'lifts' });
    expect(systemRecords()).toEqual([
      {
        key: 'a',
        partition: partitionOf('a', TEST_PARTITIONS),
        value: { type: 'system', ttl_ms: 900_000, fleet: 'lifts', revision: 1 },
      },
    ]);
    await settle();
    expect(registry.log.appended.map((records) => records.map(({ topic }) => topic))).toEqual([
      [REGISTRY_TOPIC],
      [AUDIT_TOPIC],
      [REGISTRY_TOPIC],
      [HEARTBEATS_TOPIC],
      [AUDIT_TOPIC],
    ]);
  });

  it('H24 makes secrets that work at once, in parallel, and until they are revoked', async () => {
    const verify = (username: string, secret: string): string | null =>
      verifyCredential(registry.reader.view.owner(username)?.credentials ?? [], secret);
    const fleet = done(await writer.createFleet(LIFTS)).credential;
    const first = done(await writer.createSystem(newSystem('a'))).credential;
    const second = done(await writer.addCredential({ kind: 'system', systemId: 'a' }));
    expect([first.username, second.username, fleet.username]).toEqual(['a', 'a', 'lifts']);
    expect(verify('lifts', fleet.password)).toBe(fleet.id);
    expect([verify('a', first.password), verify('a', second.password)]).toEqual([first.id, second.id]);
    done(await writer.revokeCredential({ kind: 'system', systemId: 'a' }, first.id));
    expect([verify('a', first.password), verify('a', second.password)]).toEqual([null, second.id]);
    expect(reasonOf(await writer.revokeCredential({ kind: 'system', systemId: 'a' }, first.id))).toBe('not_found');
  });

  it('writes who changed what and when into the audit topic, and a secret into none', async () => {
    const secrets = [done(await writer.createFleet(LIFTS, { by: 'ops' })).credential.password];
    secrets.push(done(await writer.createSystem(newSystem('a'))).credential.password);
    await clock.advance(5);
    await writer.pauseSystem('a', null, { by: 'anna' });
    await writer.pauseSystem('a', null, { by: 'repeats it' });
    await writer.resumeSystem('nobody', { by: 'refused' });
    await writer.stop();
    expect(recordsOf(AUDIT_TOPIC).map(({ value }) => JSON.parse(value ?? '') as unknown)).toEqual([
      { type: 'change', at: NOW, by: 'ops', action: 'fleet_created', subject: 'fleet/lifts', revision: 0 },
      { type: 'change', at: NOW, by: '', action: 'system_created', subject: 'system/a', revision: 1 },
      { type: 'change', at: NOW + 5, by: 'anna', action: 'system_paused', subject: 'system/a', revision: 2 },
    ]);
    for (const secret of secrets) expect(JSON.stringify(registry.log.appended)).not.toContain(secret);
  });

  it('changes, pauses, resumes, retires and registers anew, each at its own revision', async () => {
    done(await writer.createFleet(LIFTS));
    done(await writer.createSystem(newSystem('a')));
    const revisions = [
      done(await writer.changeSystem('a', { ttlMs: 900_000 }, { ifRevision: 1 })).revision,
      done(await writer.pauseSystem('a', NOW + 60_000)).revision,
      done(await writer.resumeSystem('a')).revision,
    ];
    done(await writer.retireSystem('a'));
    expect(registry.reader.view.owner('a')).toMatchObject({ system: { retired: true } });
    expect(registry.reader.view.system('a')).toMatchObject({ retired: true, revision: 5 });
    revisions.push(done(await writer.createSystem(newSystem('a'))).system.revision);
    expect(revisions).toEqual([2, 3, 4, 6]);
    expect(systemRecords().map(({ value }) => value)).toEqual([
      { type: 'system', ttl_ms: 1_500_000, fleet: 'lifts', revision: 1 },
      { type: 'system', ttl_ms: 900_000, fleet: 'lifts', revision: 2 },
      { type: 'system', ttl_ms: 900_000, fleet: 'lifts', paused: true, revision: 3 },
      { type: 'system', ttl_ms: 900_000, fleet: 'lifts', revision: 4 },
      { type: 'system', ttl_ms: 900_000, fleet: 'lifts', retired: true, revision: 5 },
      { type: 'system', ttl_ms: 1_500_000, fleet: 'lifts', revision: 6 },
    ]);
  });

  it('changes and removes fleets, and removes none that has systems', async () => {
    done(await writer.createFleet(LIFTS));
    expect(reasonOf(await writer.createFleet(LIFTS))).toBe('already_exists');
    expect(done(await writer.changeFleet('lifts', { systemsMax: 2 })).entry.max_systems).toBe(2);
    done(await writer.createSystem(newSystem('a')));
    expect(reasonOf(await writer.removeFleet('lifts'))).toBe('invalid');
    done(await writer.retireSystem('a'));
    done(await writer.removeFleet('lifts'));
    expect(registry.reader.view.fleet('lifts')).toBeNull();
  });

  it('enters systems that registered themselves, once, and tells the fold nothing it knows', async () => {
    done(await writer.createFleet(LIFTS));
    for (const _ of [1, 2]) done(await writer.enterSeenSystem({ systemId: '0/1', fleet: 'lifts' }));
    expect(recordsOf(REGISTRY_TOPIC).map(({ key }) => key)).toEqual(['fleet/lifts', 'system/0/1']);
    expect(systemRecords()).toEqual([]);
    expect(registry.reader.view.fleet('lifts')?.systems).toBe(1);
  });

  it('decides on what other writers have written, which it awaits first', async () => {
    done(await writer.createFleet(LIFTS));
    await registry.write([{ key: 'fleet/lifts', value: null }]);
    expect(reasonOf(await writer.createSystem(newSystem('a')))).toBe('invalid');
  });
});

describe('changes under load', () => {
  it('asked for at once share the log’s round trips and come out as if one after the other', async () => {
    done(await writer.createFleet(LIFTS));
    const before = registry.log.appended.length;
    const ids = Array.from({ length: 300 }, (_, index) => `system-${index}`);
    const outcomes = await Promise.all(ids.map((id) => writer.createSystem(newSystem(id))));
    const revisions = outcomes.map((outcome) => done(outcome).system.revision);
    expect(revisions).toEqual(ids.map((_, index) => index + 1));
    for (const [index, id] of ids.entries()) {
      expect(registry.reader.view.system(id)?.revision).toBe(revisions[index]);
    }
    expect(new Set(systemRecords().map(({ key }) => key))).toEqual(new Set(ids));
    await writer.stop();
    expect(registry.log.appended.length - before).toBeLessThanOrEqual(6);
  });

  it('of one system are each decided on the one before', async () => {
    done(await writer.createFleet(LIFTS));
    const outcomes = await Promise.all([
      writer.createSystem(newSystem('a')),
      writer.createSystem(newSystem('other')),
      writer.changeSystem('a', { name: 'first' }, { ifRevision: 1 }),
      writer.changeSystem('a', { name: 'second' }, { ifRevision: 1 }),
      writer.removeFleet('lifts'),
      writer.addCredential({ kind: 'system', systemId: 'a' }),
    ]);
    expect(outcomes.map(reasonOf)).toEqual(['done', 'done', 'done', 'changed_meanwhile', 'invalid', 'done']);
    expect(registry.entries.system('a')?.entry).toMatchObject({ name: 'first', credentials: [{}, {}] });
  });

  it('H43 give a username to one of two who claim it at once', async () => {
    done(await writer.createFleet(LIFTS));
    const outcomes = await Promise.all([
      writer.createSystem(newSystem('00:1a:2b')),
      writer.createFleet({ ...LIFTS, name: '00:1a:2b' }),
    ]);
    expect(outcomes.map(reasonOf)).toEqual(['done', 'already_exists']);
  });
});

describe('when something does not work', () => {
  beforeEach(async () => {
    done(await writer.createFleet(LIFTS));
    done(await writer.createSystem(newSystem('a')));
    known.add('a');
    await settle();
    registry.log.appended.length = 0;
  });

  it('one that is not the writer changes nothing', async () => {
    isWriter = false;
    expect(reasonOf(await writer.retireSystem('a'))).toBe('unavailable');
    expect(registry.log.appended).toEqual([]);
  });

  it('one that ceases to be the writer while it decides changes nothing', async () => {
    askLiveness = () => {
      isWriter = false;
      return Promise.resolve(false);
    };
    expect(reasonOf(await writer.createSystem(newSystem('a')))).toBe('unavailable');
    expect(registry.log.appended).toEqual([]);
  });

  it('a registry that takes nothing makes a change unavailable, and the repetition makes it', async () => {
    registry.log.refusing.add(REGISTRY_TOPIC);
    expect(reasonOf(await writer.retireSystem('a'))).toBe('unavailable');
    expect(errors).toMatchObject([{ code: 'EARSHOT_LOG_UNAVAILABLE' }]);
    expect([systemRecords(), recordsOf(AUDIT_TOPIC)]).toEqual([[], []]);
    registry.log.refusing.clear();
    expect(reasonOf(await writer.retireSystem('a'))).toBe('done');
  });

  it.each([
    ['change', () => writer.changeSystem('a', { ttlMs: 900_000 }, { ifRevision: 1 }), { ttl_ms: 900_000 }],
    ['pause', () => writer.pauseSystem('a', null, { ifRevision: 1 }), { paused: true }],
    ['retirement', () => writer.retireSystem('a', { ifRevision: 1 }), { retired: true }],
  ])('H39 the repetition of a %s that the fold was not told completes it', async (_what, change, expected) => {
    registry.log.refusing.add(HEARTBEATS_TOPIC);
    expect(reasonOf(await change())).toBe('unavailable');
    registry.log.refusing.clear();
    expect(reasonOf(await change())).toBe('done');
    expect(recordsOf(REGISTRY_TOPIC)).toHaveLength(1);
    expect(systemRecords()).toMatchObject([{ key: 'a', value: { ...expected, revision: 2 } }]);
    await writer.stop();
    expect(recordsOf(AUDIT_TOPIC)).toHaveLength(1);
  });

  it('a creation that the fold was not told is completed with a further credential, a whole one not', async () => {
    registry.log.refusing.add(HEARTBEATS_TOPIC);
    expect(reasonOf(await writer.createSystem(newSystem('b')))).toBe('unavailable');
    registry.log.refusing.clear();
    const { system, credential } = done(await writer.createSystem(newSystem('b')));
    expect(system.entry.credentials).toHaveLength(2);
    expect(system.entry.credentials[1]?.id).toBe(credential.id);
    known.add('b');
    expect(reasonOf(await writer.createSystem(newSystem('b')))).toBe('already_exists');
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('on purpose'))],
    ['does not answer', () => new Promise<boolean>(() => undefined)],
  ])('a creation is unavailable while the projection %s, if it depends on it', async (_what, answer) => {
    askLiveness = answer;
    expect(reasonOf(await writer.createSystem(newSystem('b')))).toBe('done');
    await settle();
    const outcome = writer.createSystem(newSystem('a'));
    await clock.advance(5_000);
    expect(reasonOf(await outcome)).toBe('unavailable');
    expect(errors).toHaveLength(1);
  });

  it('a log that does not say where it ends makes changes unavailable, not for ever', async () => {
    registry.log.endsInstead = () => new Promise(() => undefined);
    const outcome = writer.pauseSystem('a', null);
    await clock.advance(5_000);
    expect(reasonOf(await outcome)).toBe('unavailable');
    registry.log.endsInstead = null;
    expect(reasonOf(await writer.pauseSystem('a', null))).toBe('done');
  });

  it('a table that stays behind makes changes unavailable', async () => {
    registry.log.endsInstead = () => Promise.resolve([{ partition: 0, first: 0, end: 99 }]);
    const outcome = writer.pauseSystem('a', null);
    await clock.advance(5_000);
    expect(reasonOf(await outcome)).toBe('unavailable');
    expect(recordsOf(REGISTRY_TOPIC)).toEqual([]);
  });

  it('a change that the table does not come to know is told to nobody and completed by its repetition', async () => {
    reached = (end) => (end > 2 ? Promise.reject(new Error('on purpose')) : Promise.resolve());
    expect(reasonOf(await writer.pauseSystem('a', null))).toBe('unavailable');
    expect([recordsOf(REGISTRY_TOPIC).length, systemRecords()]).toEqual([1, []]);
    reached = (end) => registry.reader.reached(end);
    expect(reasonOf(await writer.pauseSystem('a', null))).toBe('done');
    expect(systemRecords()).toMatchObject([{ value: { paused: true, revision: 2 } }]);
  });

  it('a failed audit record changes no answer', async () => {
    registry.log.refusing.add(AUDIT_TOPIC);
    expect(reasonOf(await writer.pauseSystem('a', null))).toBe('done');
    await writer.stop();
    expect(errors).toMatchObject([{ code: 'EARSHOT_LOG_UNAVAILABLE' }]);
  });

  it('a programmer’s error is thrown to whoever asked, and to nobody else', async () => {
    const broken = { kind: 'system', systemId: null } as unknown as { kind: 'system'; systemId: string };
    const patch = { tags: [null] } as unknown as { tags: string[] };
    const outcomes = await Promise.allSettled([
      writer.pauseSystem('a', null),
      writer.changeSystem('a', patch),
      writer.addCredential(broken),
      writer.resumeSystem('a'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('a stopped writer takes nothing more', async () => {
    await writer.stop();
    expect(reasonOf(await writer.pauseSystem('a', null))).toBe('unavailable');
  });
});

describe('ensureFleet', () => {
  it('makes the fleet and gives its credential once', async () => {
    const credential = await ensureFleet(writer, { ...LIFTS, name: 'default' });
    expect(credential).toMatchObject({ username: 'default' });
    expect(await ensureFleet(writer, { ...LIFTS, name: 'default' })).toBeNull();
  });

  it.each([
    [() => (isWriter = false), LIFTS, 'fleet lifts: unavailable'],
    [() => undefined, { ...LIFTS, ttlMs: 1_000 }, 'fleet lifts: invalid ttl_seconds out_of_range'],
  ])('%# rejects what can be neither found nor made', async (arrange, fleet, message) => {
    arrange();
    await expect(ensureFleet(writer, fleet)).rejects.toMatchObject({ code: 'EARSHOT_REGISTRY_NOT_MADE', message });
  });
});
