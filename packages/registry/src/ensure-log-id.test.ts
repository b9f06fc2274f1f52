import { REGISTRY_TOPIC } from '@earshot/contracts';
import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureLogId } from './ensure-log-id.ts';
import { openTestRegistry, type TestRegistry } from './testing/test-registry.ts';

let clock: ManualClock;
let registry: TestRegistry;
beforeEach(async () => {
  clock = createManualClock();
  registry = await openTestRegistry(clock);
  await registry.reader.start();
});
afterEach(() => registry.close());

const ensure = (): Promise<string> => ensureLogId({ ...registry, clock });

describe('ensureLogId', () => {
  it('makes the id once and gives the same ever after', async () => {
    const id = await ensure();
    expect(id).toMatch(/^[A-Za-z0-9_-]{12}$/);
    expect([await ensure(), registry.reader.logId()]).toEqual([id, id]);
    expect(registry.log.appended).toHaveLength(1);
  });

  it('finds the id that another process made a moment ago', async () => {
    await registry.write([{ key: 'log', value: '{"type":"log","id":"theirs"}' }]);
    expect(await ensure()).toBe('theirs');
    expect(registry.log.appended).toEqual([]);
  });

  it('gives two that make one at once the same', async () => {
    const [one, other] = await Promise.all([ensure(), ensure()]);
    await registry.reader.reached(registry.log.appended.length);
    expect(await ensure()).toBe(registry.reader.logId());
    expect([one, other]).toContain(registry.reader.logId());
  });

  it('rejects with a code where the log takes nothing', async () => {
    registry.log.refusing.add(REGISTRY_TOPIC);
    await expect(ensure()).rejects.toMatchObject({
      code: 'EARSHOT_REGISTRY_NOT_MADE',
      cause: { code: 'EARSHOT_LOG_UNAVAILABLE' },
    });
  });

  it('rejects with a code where the log does not answer', async () => {
    registry.log.endsInstead = () => new Promise(() => undefined);
    const failed = ensure().catch((error: unknown) => error);
    await clock.advance(5_000);
    expect(await failed).toMatchObject({ code: 'EARSHOT_REGISTRY_NO_ANSWER' });
  });
});
