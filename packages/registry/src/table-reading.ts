import { REGISTRY_TOPIC } from '@earshot/contracts';
import type { EventLog, LogRecord, Reading } from '@earshot/event-log';
import type { MemoryRegistryView } from './memory-registry-view.ts';

export interface TableReadingOptions {
  readonly log: EventLog;
  readonly view: MemoryRegistryView;
  readonly stopped: AbortSignal;
  /** After the records are in the view. */
  readonly onRecords: (records: readonly LogRecord[]) => void;
}

/** One reading of the registry topic from its beginning into one view. */
export interface TableReading {
  readonly view: MemoryRegistryView;
  /** True when the table was complete once; false when that failed or was stopped before. Never rejects. */
  open(): Promise<boolean>;
  /** Position after the newest record in the view. */
  position(): number;
  /** Complete, and neither failed nor ended. */
  isFollowing(): boolean;
  end(error: unknown): void;
  /**
   * Resolves when the reading has ended and no callback is running: with what ended it, or null when it was stopped.
   */
  ended(): Promise<unknown>;
}

export const createTableReading = (options: TableReadingOptions): TableReading => {
  const { log, view, stopped } = options;
  const ending = Promise.withResolvers<unknown>();
  let reading: Reading | null = null;
  let next = 0;
  let hasEnded = false;
  let closing: Promise<unknown> | null = null;

  const end = (error: unknown): void => {
    hasEnded = true;
    ending.resolve(error);
  };
  const stop = (): void => end(null);
  const position = (): number => Math.max(next, reading?.position() ?? 0);
  const changed = (records: readonly LogRecord[]): void => {
    if (hasEnded) return;
    view.apply(records);
    for (const record of records) next = Math.max(next, record.position + 1);
    options.onRecords(records);
  };
  const open = async (): Promise<boolean> => {
    stopped.addEventListener('abort', stop, { once: true });
    const opening = log.readTable(REGISTRY_TOPIC, 0, { changed, failed: end });
    try {
      const opened = await Promise.race([opening, ending.promise.then(() => null)]);
      reading = opened;
      /** Ended while it was being opened: whatever opens yet is closed, and nobody waits for it. */
      if (opened === null) opening.then((late) => late.stop()).catch(() => undefined);
    } catch (error) {
      end(error);
    }
    return reading !== null;
  };
  const close = async (): Promise<unknown> => {
    const error = await ending.promise;
    stopped.removeEventListener('abort', stop);
    await reading?.stop();
    return error;
  };
  return {
    view,
    open,
    position,
    isFollowing: () => reading !== null && !hasEnded,
    end,
    ended: () => (closing ??= close()),
  };
};
