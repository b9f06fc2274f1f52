import { type Outage, outageDocument, type OutageDocument, toIso } from '@earshot/contracts';
import type { OutageScan, RecordedOutage, Scanned } from './catalog.ts';
import type { EngineContext } from './engine-context.ts';

/** A stretch in which a partition could not hear. */
export interface PartitionOutageDocument extends OutageDocument {
  readonly id: string;
  readonly partition: number;
}

const key = (partition: number, from: string): string => `${partition} ${from}`;

/**
 * An outage is published when it begins; closings that follow at once are added to it in the partition's ledger without a further
 * event. What the ledger still has is therefore shown as it stands there.
 */
const ledgerOf = (context: EngineContext): ReadonlyMap<string, Outage> =>
  new Map(
    context
      .observation()
      .partitions.flatMap(({ partition, seen }) =>
        (seen?.state.ledger ?? []).map((outage): [string, Outage] => [key(partition, toIso(outage.from)), outage]),
      ),
  );

const present = (
  { id, partition, outage }: RecordedOutage,
  ledger: ReadonlyMap<string, Outage>,
): PartitionOutageDocument => {
  const merged = ledger.get(key(partition, outage.from));
  return { id, partition, ...(merged === undefined ? outage : outageDocument(merged)) };
};

/** What could not be heard, newest first. */
export const listOutages = (context: EngineContext, scan: OutageScan): Scanned<PartitionOutageDocument> => {
  const { rows, next } = context.catalog.history.outages(scan);
  const ledger = ledgerOf(context);
  return { rows: rows.map((recorded) => present(recorded, ledger)), next };
};
