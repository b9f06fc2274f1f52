import { REGISTRY_TOPIC, systemKey, topicSpecs, TRANSITIONS_TOPIC } from '@earshot/contracts';
import type { EventLog, NewRecord, Reading } from '@earshot/event-log';
import { openSqliteEventLog } from '@earshot/event-log/sqlite';
import { silentLogger } from '@earshot/runtime';
import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCatalog } from '../catalog/open-catalog.ts';
import { systemEntry, transition, transitionRecord } from '../testing/records.ts';
import type { Catalog } from './catalog.ts';
import { CatalogError } from './catalog-error.ts';
import type { FollowedLog } from './follow-source.ts';
import { CATALOG_AGE_MS_MAX, followLog, type LogFollowing, MENDING_PERIOD_MS } from './follow-log.ts';

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
  const follow = (from: FollowedLog = log, into: Catalog = catalog): LogFollowing => {
    following = followLog({ log: from, catalog: into, clock, logger: silentLogger, partitions: 1 });
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
      readFrom: (topic, partition, position, handler) =>
        isDown ? Promise.reject(new Error('down')) : log.readFrom(topic, partition, position, handler),
    });
    await clock.advance(3_000);
    expect(catalog.systems.totals().systems).toBe(0);
    isDown = false;
    await clock.advance(1_000);
    await complete();
    expect(catalog.systems.totals().systems).toBe(1);
  });

  /** A log that knows which of its readings are open. */
  const counted = (): FollowedLog & { readonly open: Set<Reading> } => {
    const open = new Set<Reading>();
    const count = async (opening: Promise<Reading>): Promise<Reading> => {
      const reading = await opening;
      const one = {
        position: () => reading.position(),
        stop: async () => {
          await reading.stop();
          open.delete(one);
        },
      };
      open.add(one);
      return one;
    };
    return {
      open,
      ends: (topic) => log.ends(topic),
      readTable: (topic, partition, handler) => count(log.readTable(topic, partition, handler)),
      readFrom: (topic, partition, position, handler) => count(log.readFrom(topic, partition, position, handler)),
    };
  };
  const LOCKED = new CatalogError('EARSHOT_CATALOG_UNAVAILABLE', 'locked by the test');

  it('G12 leaves no reading open of which it could not note that it has begun', async () => {
    let isLocked = true;
    const noteReached: Catalog['sources']['noteReached'] = (...place) => {
      if (isLocked) throw LOCKED;
      catalog.sources.noteReached(...place);
    };
    await log.append([entered('a'), happened('a', 0, 1)]);
    const from = counted();
    follow(from, { ...catalog, sources: { ...catalog.sources, noteReached } });
    for (let second = 0; second < 10; second += 1) await clock.advance(1_000);
    await vi.waitFor(() => expect(from.open.size).toBe(0));
    expect(following?.isComplete()).toBe(false);
    isLocked = false;
    await clock.advance(1_000);
    await complete();
    expect(from.open.size).toBe(3);
  });

  it('fills a catalog anew that cannot be read, as soon as it can be emptied', async () => {
    await log.append([entered('a'), happened('a', 0, 1)]);
    let isReadable = true;
    let resets = 0;
    const reset = (): void => {
      resets += 1;
      if (resets < 3) throw LOCKED;
      isReadable = true;
      catalog.reset();
    };
    follow(log, { ...catalog, isReadable: () => isReadable, reset });
    await complete();
    following?.mend();
    expect(resets).toBe(0);
    const identity = catalog.identity();
    isReadable = false;
    expect(following?.isComplete()).toBe(false);
    following?.mend();
    following?.mend();
    await vi.waitFor(() => expect(resets).toBe(1));
    await clock.advance(1_000);
    expect([resets, following?.isComplete()]).toEqual([2, false]);
    await clock.advance(1_000);
    await complete();
    expect(catalog.identity()).not.toBe(identity);
    expect(catalog.systems.totals()).toMatchObject({ systems: 1, online: 1 });
  });

  it('G12 fills a catalog anew that breaks again and again at most once in 10 s', async () => {
    let resets = 0;
    const reset = (): void => {
      resets += 1;
      catalog.reset();
    };
    follow(log, { ...catalog, isReadable: () => false, reset });
    for (let second = 0; second < 25; second += 1) {
      following?.mend();
      await clock.advance(1_000);
    }
    expect(resets).toBe(Math.ceil(25_000 / MENDING_PERIOD_MS));
  });

  it('stops while it waits to empty a catalog', async () => {
    const reset = (): void => {
      throw LOCKED;
    };
    follow(log, { ...catalog, isReadable: () => false, reset });
    following?.mend();
    await clock.advance(2_000);
    await following?.stop();
    expect(clock.waiting()).toBe(0);
  });
});
