import { createFaultyLog, createManualClock, type FaultyLog, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw } from './fixtures/raw-connection.ts';
import { bodyOf, HEARTBEAT, requestText, send } from './fixtures/requests.ts';
import { type RunningIngest, runIngest } from './fixtures/running-ingest.ts';
import type { IngestOptions } from './options.ts';

describe('leaving', () => {
  let clock: ManualClock;
  let ingest: RunningIngest<FaultyLog>;
  const run = async (options: Partial<IngestOptions>): Promise<void> => {
    clock = createManualClock();
    ingest = await runIngest({ clock, wrap: createFaultyLog }, options);
  };
  beforeEach(() => run({ drainSeconds: 3, partitions: 2 }));
  afterEach(() => ingest.stop());

  /** What the knocks of a partition said, in order. */
  const words = async (partition: number): Promise<readonly string[]> =>
    (await ingest.knocks())
      .filter((knock) => knock.partition === partition)
      .map(({ leaving = false, goodbye = false }) => (goodbye ? 'goodbye' : leaving ? 'leaving' : 'here'));

  it('H29 says leaving for the drain time while it serves, closes, then says goodbye to every partition', async () => {
    const stopped = ingest.service.stop();
    await ingest.until(() => !ingest.service.health().ready);
    expect(ingest.service.health().reasons).toEqual(['stopping']);
    for (let second = 0; second < 2; second += 1) {
      await clock.advance(1_000);
      await ingest.until(async () => (await words(0)).length === second + 2);
      const answer = await send(ingest.port());
      expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    }
    await clock.advance(1_000);
    await stopped;
    expect(ingest.service.address()).toBeNull();
    await expect(connectRaw(ingest.port())).rejects.toThrow();
    for (const partition of [0, 1]) {
      const said = await words(partition);
      expect(said.slice(0, 3)).toEqual(['here', 'leaving', 'leaving']);
      expect(said.at(-1)).toBe('goodbye');
      expect(said.slice(3, -1).every((word) => word === 'leaving')).toBe(true);
    }
    const numbers = (await ingest.knocks()).filter(({ partition }) => partition === 0).map(({ n }) => n);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(clock.waiting()).toBe(0);
  });

  it('embedded: leaves at once, and stopping twice is stopping once', async () => {
    await ingest.stop();
    await run({ drainSeconds: 0 });
    await Promise.all([ingest.service.stop(), ingest.service.stop()]);
    expect(await words(0)).toEqual(['here', 'goodbye']);
    expect(clock.waiting()).toBe(0);
  });

  it('G3 answers what it had heard when its socket closed, and records it before the goodbye', async () => {
    await ingest.stop();
    await run({ drainSeconds: 0 });
    ingest.log.stallAppends();
    const client = await connectRaw(ingest.port());
    client.write(requestText({ path: HEARTBEAT, body: bodyOf('own') }));
    await ingest.until(() =>
      ingest.log
        .appends()
        .flat()
        .some(({ key }) => key === 'own'),
    );
    const stopped = ingest.service.stop();
    await ingest.until(() => ingest.service.address() === null);
    ingest.log.heal();
    expect((await client.answer()).status).toBe(200);
    await stopped;
    expect((await ingest.records()).map(({ key, value }) => key ?? value.type)).toEqual(['knock', 'own', 'knock']);
    expect(await words(0)).toEqual(['here', 'goodbye']);
  });

  it('says with its goodbye whom it turned away', async () => {
    ingest.log.refuseAppends(() => 'EARSHOT_LOG_UNAVAILABLE');
    expect((await send(ingest.port())).status).toBe(503);
    ingest.log.heal();
    const stopped = ingest.service.stop();
    await clock.advance(3_000);
    await stopped;
    expect((await ingest.knocks()).flatMap(({ names = [] }) => names)).toEqual(['own']);
  });

  it('ends in bounded time, and lets nobody wait, when the log never answers again', async () => {
    await ingest.stop();
    await run({ drainSeconds: 0 });
    ingest.log.stallAppends();
    const client = await connectRaw(ingest.port());
    client.write(requestText());
    await ingest.until(() => ingest.log.appends().length === 2);
    client.write(requestText());
    await ingest.until(() => ingest.queued().then((records) => records === 2));
    const stopped = ingest.service.stop();
    await ingest.until(() => ingest.service.address() === null);
    let hasStopped = false;
    void stopped.then(() => (hasStopped = true));
    client.cut();
    await ingest.until(async () => {
      await clock.advance(100);
      return hasStopped;
    });
    expect(await ingest.counts()).toEqual({ refused: 1 });
    expect(await words(0)).toEqual(['here']);
    ingest.log.heal();
  });

  it('has nothing to leave when it was never started', async () => {
    await ingest.stop();
    await run({ drainSeconds: 0 });
    await ingest.service.stop();
    await expect(ingest.service.stop()).resolves.toBeUndefined();
  });
});
