import { HEARTBEATS_TOPIC, topicSpecs } from '@earshot/contracts';
import { openSqliteEventLog, type SqliteEventLog } from '@earshot/event-log/sqlite';
import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRebuildStart } from './find-rebuild-start.ts';

const MINUTE_MS = 60_000;
let clock: ManualClock;
let log: SqliteEventLog;
beforeEach(async () => {
  clock = createManualClock();
  log = await openSqliteEventLog({ path: null, clock, maintenanceIntervalMs: null });
  await log.prepare(topicSpecs({ partitions: 1 }));
});
afterEach(() => log.close());

/** A record a minute. */
const append = async (minutes: number): Promise<void> => {
  for (let minute = 0; minute < minutes; minute += 1) {
    await clock.advance(MINUTE_MS);
    await log.append([{ topic: HEARTBEATS_TOPIC, partition: 0, key: null, value: '{}' }]);
  }
};
const startFor = async (ttlMinutes: number): Promise<number | undefined> => {
  const [bounds] = await log.ends(HEARTBEATS_TOPIC);
  if (bounds === undefined) throw new Error('no partition');
  return (await findRebuildStart(log, { topic: HEARTBEATS_TOPIC, bounds, ttlMsLongest: ttlMinutes * MINUTE_MS }))
    ?.position;
};

describe('findRebuildStart', () => {
  it('S4 finds nothing in an empty partition', async () => {
    expect(await startFor(25)).toBeUndefined();
  });

  it.each([
    [1, 25, 0],
    [61, 25, 0],
    [62, 25, 1],
    [200, 25, 139],
    [200, 40, 119],
    [200, 1_000, 0],
  ])('S4 of %i records a minute apart, with a ttl of %i minutes, begins at %i', async (records, ttl, expected) => {
    await append(records);
    expect(await startFor(ttl)).toBe(expected);
  });
});
