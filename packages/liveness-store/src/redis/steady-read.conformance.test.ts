import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestStorage } from '../conformance/index.ts';
import { commitTo, heartbeat, idsOf, NOW, outageEvent, systemHeardAt, whole } from '../conformance/samples.ts';
import type { LivenessStore } from '../port/index.ts';
import { partitionKeys } from './partition-keys.ts';
import { connectRedis, type RedisConnection } from './redis-connection.ts';
import { readSteadily } from './steady-read.ts';
import { describeOnRedis } from './testing/on-redis.ts';
import { createRedisStorage, uniquePrefix } from './testing/redis-harness.ts';

describeOnRedis('reads of Redis while others write', (url) => {
  const prefix = uniquePrefix();
  const keys = partitionKeys(prefix, 0);
  let storage: TestStorage;
  let writer: LivenessStore;
  let connection: RedisConnection;
  let position: number;

  beforeEach(async () => {
    storage = createRedisStorage(url, { url }, { prefix });
    writer = await storage.open();
    const limits = { commandTimeoutMs: 5_000, connectTimeoutMs: 5_000 };
    connection = await connectRedis({ url, cluster: false, ...limits }, () => undefined);
    await writer.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))], publications: [outageEvent(1)] }));
    position = 1;
  });
  afterEach(async () => {
    connection.close();
    await storage.remove();
  });

  const commit = async () => {
    position += 1;
    await writer.commit(
      commitTo(position - 1, position, { systems: [heartbeat(systemHeardAt('pump', NOW + position))] }),
    );
  };
  /** Reads position and since in two steps, with something between them. */
  const readInSteps = (between: (reads: number) => Promise<void>) => {
    let reads = 0;
    return readSteadily<{ readonly position: number; readonly since: unknown } | null>(connection, keys, {
      first: [],
      missing: null,
      read: async (view) => {
        reads += 1;
        await between(reads);
        const [since] = await view.send([['ZSCORE', keys.seen('1500'), 'pump']]);
        return { position: view.head.state.position, since };
      },
    });
  };

  it('P1 a read that a commit came between begins anew, and answers one commit', async () => {
    expect(await readInSteps((reads) => (reads <= 3 ? commit() : Promise.resolve()))).toEqual({
      position: 4,
      since: String(NOW + 4),
    });
  });

  it('P3 a read that a mark came between begins anew', async () => {
    const reads: number[] = [];
    await readInSteps(async (count) => {
      reads.push(count);
      if (count === 1) await writer.markPublished(0, 1);
    });
    expect(reads).toEqual([1, 2]);
  });

  it('P1 a read that finds no quiet moment is unavailable, not wrong', async () => {
    await expect(readInSteps(commit)).rejects.toMatchObject({ code: 'EARSHOT_STORE_UNAVAILABLE' });
  });

  it('P1 P2 whatever another store reads during commits is of one commit', { timeout: 30_000 }, async () => {
    const ids = idsOf(5_000);
    const reader = await storage.open();
    await writer.commit(
      commitTo(1, 2, { systems: ids.map((id) => whole(systemHeardAt(id, NOW + 2))), removed: ['pump'] }),
    );
    let isWriting = true;
    const writing = (async () => {
      for (let next = 3; next < 30; next += 1) {
        const systems = ids.map((id) => heartbeat(systemHeardAt(id, NOW + next)));
        await writer.commit(commitTo(next - 1, next, { systems }));
      }
      isWriting = false;
    })();
    let answers = 0;
    while (isWriting) {
      const [some, loaded] = await Promise.allSettled([reader.readSystems(0, ids.slice(0, 500)), reader.load(0)]);
      if (some.status === 'fulfilled') expect(new Set(some.value.map((row) => row.since)).size).toBe(1);
      if (loaded.status === 'fulfilled') {
        const at = loaded.value?.state.position ?? Number.NaN;
        expect(new Set(loaded.value?.systems.map((row) => row.since))).toEqual(new Set([NOW + at]));
      }
      answers += [some, loaded].filter(({ status }) => status === 'fulfilled').length;
    }
    await writing;
    expect(answers).toBeGreaterThan(0);
  });

  describe('a rewrite that another one overtakes', () => {
    it('P6 is refused, with the position stored by then', async () => {
      const [one, other] = [await storage.open(), await storage.open()];
      const part = (owner: string, first: boolean, last: boolean) => {
        const { expected: _, ...content } = commitTo(null, 9, { owner });
        return { ...content, first, last };
      };
      await one.rewrite(part('one', true, false));
      await other.rewrite(part('other', true, true));
      expect(await one.rewrite(part('one', false, true))).toEqual({ accepted: false, stored: 9 });
    });
  });
});
