import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { EventLogError, type PartitionBounds } from '../../port/index.ts';
import { createPartitionFeed, type Fetched, type PartitionFeed } from './partition-feed.ts';
import { createHandClock, type HandClock } from '../testing/hand-clock.ts';
import { topicOf } from '../testing/records.ts';

const PARTITION = 1;
const LIMITS = { recordsMax: 3, bytesMax: 1_000 };

interface SceneOptions {
  readonly isCompacted?: boolean;
  readonly from?: number;
  readonly first?: number;
  readonly end?: number;
}

interface Scene {
  readonly feed: PartitionFeed;
  readonly clock: HandClock;
  /** What the handler and the consumer were told, in order. */
  readonly events: string[];
  /** As the brokers have them; null: they do not answer. */
  bounds: PartitionBounds | null;
  /** Position that the handler answers. */
  from: number;
  /** Called with each batch. */
  take: (positions: readonly number[]) => Promise<void> | void;
  /** Offers what was fetched from `first` to `last`; the heartbeat may fail. */
  readonly fetch: (first: number, last: number, heartbeat?: () => Promise<void>) => Promise<void>;
}

const message = (position: number): KafkaMessage => ({
  offset: `${position}`,
  timestamp: '1795447028099',
  key: null,
  value: Buffer.from(`v${position}`),
  attributes: 0,
  headers: {},
});

const createScene = async (options: SceneOptions = {}): Promise<Scene> => {
  const clock = createHandClock();
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const boundsNow = async (): Promise<readonly PartitionBounds[]> => {
    if (scene.bounds === null) throw new EventLogError('EARSHOT_LOG_UNAVAILABLE', 'no broker');
    return [{ partition: 0, first: 0, end: 0 }, scene.bounds];
  };
  const feed = createPartitionFeed({
    topic: topicOf({ isCompacted: options.isCompacted ?? false }),
    partition: PARTITION,
    handler: {
      assigned: async () => scene.from,
      records: async ({ records }) => {
        const positions = records.map(({ position }) => position);
        note(`records ${positions.join(' ')}`);
        await scene.take(positions);
      },
      revoked: () => note('revoked'),
      failed: (_partition, error) => note(`failed ${error.code} ${error.oldest ?? error.end ?? ''}`.trim()),
      passed: (_partition, position) => note(`passed ${position}`),
    },
    valve: {
      seek: (position) => note(`seek ${position}`),
      pause: () => note('pause'),
      resume: () => note('resume'),
    },
    bounds: boundsNow,
    clock,
    limits: LIMITS,
    free: Promise.resolve(),
  });
  const scene: Scene = {
    feed,
    clock,
    events,
    bounds: { partition: PARTITION, first: options.first ?? 0, end: options.end ?? 100 },
    from: options.from ?? 10,
    take: () => undefined,
    fetch: (first, last, heartbeat = () => Promise.resolve()) => {
      const messages = Array.from({ length: last - first + 1 }, (_, i) => message(first + i));
      const fetched: Fetched = { first, last, messages, resolve: () => note(`resolve ${last}`), heartbeat };
      return feed.take(fetched);
    },
  };
  await clock.advance(0);
  return scene;
};

/** A scene whose feed reads from position 10, with what led there forgotten. */
const createReading = async (options: SceneOptions = {}): Promise<Scene> => {
  const scene = await createScene(options);
  scene.events.length = 0;
  return scene;
};

describe('the feed of a partition', () => {
  it('L4 nothing is fetched until the handler has said from where', async () => {
    const { events } = await createScene();
    expect(events).toEqual(['pause', 'seek 10', 'resume']);
  });

  it.each([
    ['older than what is retained', 4, 'failed EARSHOT_LOG_POSITION_EXPIRED 5'],
    ['beyond the end', 101, 'failed EARSHOT_LOG_POSITION_BEYOND_END 100'],
    ['no number', Number.NaN, 'failed EARSHOT_LOG_HANDLER_FAILED'],
  ])('L4 a position that is %s is told, and nothing is fetched', async (_what, from, failure) => {
    const { events } = await createScene({ from, first: 5 });
    expect(events).toEqual(['pause', 'pause', failure]);
  });

  it('L4 a position that rests on records newer than the bounds is fine', async () => {
    const scene = await createScene({ from: 101, end: 100 });
    scene.events.length = 0;
    scene.feed.restart();
    scene.bounds = { partition: PARTITION, first: 0, end: 101 };
    await scene.clock.advance(0);
    expect(scene.events).toEqual(['pause', 'seek 101', 'resume']);
  });

  it('waits for brokers that do not answer', async () => {
    const scene = await createReading();
    const { bounds } = scene;
    scene.bounds = null;
    scene.feed.restart();
    await scene.clock.advance(10_000);
    expect(scene.events).toEqual(['pause']);
    scene.bounds = bounds;
    await scene.clock.advance(500);
    expect(scene.events).toEqual(['pause', 'seek 10', 'resume']);
  });

  it('L3 records come in order, in batches of bounded size, and the next fetch begins behind them', async () => {
    const { fetch, events } = await createReading();
    await fetch(10, 16);
    await fetch(17, 17);
    expect(events).toEqual([
      'resolve 16',
      'records 10 11 12',
      'records 13 14 15',
      'records 16',
      'resolve 17',
      'records 17',
    ]);
  });

  it('L3 an old fetch is not delivered, and the right one is asked for', async () => {
    const { fetch, events } = await createReading();
    await fetch(0, 20);
    expect(events).toEqual(['seek 10', 'resume']);
    await fetch(10, 10);
    expect(events.slice(2)).toEqual(['resolve 10', 'records 10']);
  });

  it('H38 retention that overtakes the reader is told with the oldest position, never skipped', async () => {
    const scene = await createReading();
    scene.bounds = { partition: PARTITION, first: 30, end: 100 };
    await scene.fetch(30, 32);
    expect(scene.events).toEqual(['pause', 'failed EARSHOT_LOG_POSITION_EXPIRED 30']);
    await scene.fetch(33, 34);
    expect(scene.events).toHaveLength(2);
  });

  it('H38 a log that begins anew below the position is another log', async () => {
    const scene = await createReading();
    scene.bounds = { partition: PARTITION, first: 0, end: 5 };
    await scene.fetch(0, 4);
    expect(scene.events).toEqual(['pause', 'failed EARSHOT_LOG_POSITION_BEYOND_END 5']);
  });

  it('L14 gaps are normal in a compacted topic', async () => {
    const { fetch, events } = await createReading({ isCompacted: true });
    await fetch(13, 13);
    expect(events).toEqual(['resolve 13', 'records 13']);
  });

  it('a gap that is still retained holds no records', async () => {
    const { fetch, events } = await createReading();
    await fetch(12, 12);
    expect(events).toEqual(['seek 12', 'resume']);
    await fetch(12, 12);
    expect(events.slice(2)).toEqual(['resolve 12', 'records 12']);
  });

  it('L14 positions without a record are passed, those behind a gap are not', async () => {
    const { feed, fetch, events } = await createReading();
    feed.passed(10, 12);
    feed.passed(20, 25);
    feed.passed(5, 9);
    await fetch(13, 13);
    expect(events).toEqual(['passed 12', 'resolve 13', 'records 13']);
  });

  it('L9 a slow handler keeps its records, nothing is fetched meanwhile, and then it goes on', async () => {
    const scene = await createReading();
    const { promise, resolve } = Promise.withResolvers<void>();
    scene.take = () => promise;
    let isReturned = false;
    let heartbeats = 0;
    const heartbeat = async (): Promise<void> => void (heartbeats += 1);
    void scene.fetch(10, 13, heartbeat).then(() => (isReturned = true));
    await scene.clock.advance(999);
    expect([isReturned, heartbeats]).toEqual([false, 1]);
    await scene.clock.advance(1);
    expect([isReturned, heartbeats]).toEqual([true, 2]);
    expect(scene.events).toEqual(['resolve 13', 'records 10 11 12', 'pause']);
    resolve();
    await scene.clock.advance(0);
    expect(scene.events.slice(3)).toEqual(['records 13', 'seek 14', 'resume']);
  });

  it('L5 a group that shares out anew is not kept waiting, and kept records survive the rejoin', async () => {
    const scene = await createReading();
    const { promise, resolve } = Promise.withResolvers<void>();
    scene.take = () => promise;
    const fetched = scene.fetch(10, 12, () => Promise.reject(new Error('rebalance in progress')));
    await scene.clock.advance(500);
    await fetched;
    scene.feed.rejoined();
    expect(scene.events).toEqual(['resolve 12', 'records 10 11 12', 'pause', 'seek 13', 'pause']);
    resolve();
    await scene.clock.advance(0);
    expect(scene.events.slice(5)).toEqual(['seek 13', 'resume']);
  });

  it('L10 what the handler throws stops the partition, and restart asks again', async () => {
    const scene = await createReading();
    scene.take = () => {
      throw new Error('cannot take this');
    };
    await scene.fetch(10, 20);
    await scene.fetch(21, 22);
    scene.feed.rejoined();
    expect(scene.events).toEqual([
      'resolve 20',
      'records 10 11 12',
      'pause',
      'failed EARSHOT_LOG_HANDLER_FAILED',
      'pause',
    ]);
    scene.take = () => undefined;
    scene.feed.restart();
    await scene.clock.advance(0);
    await scene.fetch(10, 10);
    expect(scene.events.slice(5)).toEqual(['pause', 'seek 10', 'resume', 'resolve 10', 'records 10']);
  });

  it('L5 after restart what was kept is dropped, and the handler is asked when its last call is done', async () => {
    const scene = await createReading();
    const { promise, resolve } = Promise.withResolvers<void>();
    scene.take = () => promise;
    void scene.fetch(10, 15);
    await scene.clock.advance(0);
    scene.from = 50;
    scene.feed.restart();
    await scene.clock.advance(5_000);
    expect(scene.events).toEqual(['resolve 15', 'records 10 11 12', 'pause']);
    resolve();
    await scene.clock.advance(0);
    expect(scene.events.slice(3)).toEqual(['seek 50', 'resume']);
  });

  it('L5 revoked is told at once, the handler gets nothing more, and the end waits for its last call', async () => {
    const scene = await createReading();
    const { promise, resolve } = Promise.withResolvers<void>();
    scene.take = () => promise;
    void scene.fetch(10, 15);
    await scene.clock.advance(0);
    let isDone = false;
    void scene.feed.revoke().then(() => (isDone = true));
    await scene.clock.advance(5_000);
    expect(isDone).toBe(false);
    resolve();
    await scene.clock.advance(0);
    expect(isDone).toBe(true);
    expect(scene.events).toEqual(['resolve 15', 'records 10 11 12', 'pause', 'revoked']);
  });
});
