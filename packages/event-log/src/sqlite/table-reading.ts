import { EventLogError, type TableHandler } from '../port/index.ts';
import { startDelivery, type Delivery } from './delivery.ts';
import type { RecordSource } from './record-source.ts';
import type { Stream } from './stream.ts';

/**
 * Gives everything from the beginning on to the handler. `caughtUp` resolves when it has what was there at the call, and rejects
 * if that fails or is stopped first; afterwards failures go to the handler.
 */
export const startTableReading = (
  { source, stream }: { source: RecordSource; stream: Stream },
  handler: TableHandler,
): { readonly delivery: Delivery; readonly caughtUp: Promise<void> } => {
  const { first, end } = source.bounds(stream);
  const caughtUp = Promise.withResolvers<void>();
  let isCaughtUp = end === first;
  if (isCaughtUp) caughtUp.resolve();

  const delivery = startDelivery({
    source,
    stream,
    from: first,
    records: ({ records }) => {
      handler.changed(records);
      if (isCaughtUp || (records.at(-1)?.position ?? -1) + 1 < end) return;
      isCaughtUp = true;
      caughtUp.resolve();
    },
    failed: (error) => (isCaughtUp ? handler.failed(error) : caughtUp.reject(error)),
  });
  void delivery.ended.then(() =>
    caughtUp.reject(new EventLogError('EARSHOT_LOG_CLOSED', 'Reading was stopped before it had caught up.')),
  );
  return { delivery, caughtUp: caughtUp.promise };
};
