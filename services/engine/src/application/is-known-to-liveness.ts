import { partitionOf } from '@earshot/contracts';
import type { LivenessStore } from '@earshot/liveness-store';

/** Whether the projection has a system, and not as retired. Rejects when it does not answer. */
export const isKnownToLiveness =
  (store: LivenessStore, partitions: number) =>
  async (systemId: string): Promise<boolean> => {
    const rows = await store.readSystems(partitionOf(systemId, partitions), [systemId]);
    return rows.some((row) => row.systemId === systemId && row.retiredAt === null);
  };
