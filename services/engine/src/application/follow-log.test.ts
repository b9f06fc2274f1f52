import { REGISTRY_TOPIC, systemKey, topicSpecs, TRANSITIONS_TOPIC } from '@earshot/contracts';
import type { EventLog, NewRecord } from '@earshot/event-log';
import { openSqliteEventLog } from '@earshot/event-log/sqlite';
import { silentLogger } from '@earshot/runtime';
import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCatalog } from '../catalog/open-catalog.ts';
import { systemEntry, transition, transitionRecord } from '../testing/records.ts';
import type { Catalog } from './catalog.ts';
import type { FollowedLog } from './follow-source.ts';
import { CATALOG_AGE_MS_MAX, followLog, type LogFollowing } from './follow-log.ts';

const entered = (systemId: string): NewRecord => ({
  topic: REGISTRY_TOPIC,
  partition: 0,
  key: systemKey(systemId),
  value: JSON.stringify(systemEntry(systemId)),
});
const happened = (systemId: string, position: number, sequence: number): NewRecord => {
  const { key, value } = transitionRecord(transition(systemId, { position, sequence }));
  return { topic: TRANSITIONS_TOPIC, partition: 0, key, value };
};

describe('followLog', () => {
  let clock: ManualClock;
  let log: EventLog;
  let catalog: Catalog;
  let following: LogFollowing | undefined;
  beforeEach(async () => {
    clock = createManualClock();
    log = await openLog();
    catalog = openCatalog({ path: null, clock, onReplaced: () => undefined });
  });
  afterEach(async () => {
    await following?.stop();
    following = undefined;
    await log.close();
  });

  const openLog = async (): Promise<EventLog> => {
    const opened = await openSqliteEventLog({ path: null, maintenanceIntervalMs: null, clock });
    await opened.prepare(topicSpecs({ partitions: 1 }));
    return opened;
  };
  const follow = (from: FollowedLog = log): LogFollowing => {
    following = followLog({ log: from, catalog, clock, logger: silentLogger, partitions: 1 });
    following.start();
    return following;
  };
  const complete = (): Promise<void> => vi.waitFor(() => expect(following?.isComplete()).toBe(true));

  it('takes in what the log has, then what comes', async () => {
    await log.append([entered('a'), entered('b'), happened('a', 0, 1)]);
    const followed = follow();
    expect(followed.isComplete()).toBe(false);
    await complete();
    expect(catalog.systems.totals()).toMatchObject({ systems: 2, online: 1 });
    await log.append([happened('b', 1, 1)]);
    await vi.waitFor(() => expect(catalog.systems.totals().online).toBe(2));
  });

  it('G7 goes on where it stood, and takes in nothing twice', async () => {
    await log.append([entered('a'), happened('a', 0, 1)]);
    follow();
    await complete();
    await following?.stop();
    const before = catalog.systems.find('a');
    await log.append([happened('a', 1, 1), entered('b')]);
    follow();
    await complete();
    expect(catalog.systems.find('a')).toEqual(before);
    expect(catalog.systems.totals().systems).toBe(2);
  });

  it('fills the catalog anew when its place lies beyond the end of the log: it is another log', async () => {
    await log.append([entered('a'), entered('b'), happened('a', 0, 1)]);
    follow();
    await complete();
    await following?.stop();
    const identity = catalog.identity();
    const another = await openLog();
    await another.append([entered('c')]);
    follow(another);
    await vi.waitFor(() => expect(catalog.identity()).not.toBe(identity));
    await complete();
    expect(catalog.systems.find('a')).toBeNull();
    expect(catalog.systems.find('c')).not.toBeNull();
    await following?.stop();
    await another.close();
  });

  it('fills the catalog anew when nothing was taken in for longer than the log remembers what is gone', async () => {
    await log.append([entered('a')]);
    follow();
    await complete();
    await following?.stop();
    const identity = catalog.identity();
    await clock.advance(CATALOG_AGE_MS_MAX);
    follow();
    await complete();
    expect(catalog.identity()).toBe(identity);
    await following?.stop();
    await clock.advance(CATALOG_AGE_MS_MAX + 1);
    follow();
    await complete();
    expect(catalog.identity()).not.toBe(identity);
    expect(catalog.systems.totals().systems).toBe(1);
  });

  it('does not take a quiet log for one it has not followed', async () => {
    await log.append([entered('a')]);
    follow();
    await complete();
    const identity = catalog.identity();
    await clock.advance(CATALOG_AGE_MS_MAX);
    following?.touch();
    await following?.stop();
    await clock.advance(CATALOG_AGE_MS_MAX);
    follow();
    await complete();
    expect(catalog.identity()).toBe(identity);
  });

  it('tries again, every second, while the log cannot be read', async () => {
    let isDown = true;
    const ends: EventLog['ends'] = (topic) => (isDown ? Promise.reject(new Error('down')) : log.ends(topic));
    await log.append([entered('a')]);
    follow({
      ends,
      readTable: (topic, partition, handler) => log.readTable(topic, partition, handler),
      readFrom: () => Promise.reject(new Error('down')),
    });
    await clock.advance(3_000);
    expect(catalog.systems.totals().systems).toBe(0);
    isDown = false;
    await clock.advance(1_000);
    await complete();
    expect(catalog.systems.totals().systems).toBe(1);
  });
});
