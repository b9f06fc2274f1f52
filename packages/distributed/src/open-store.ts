import { type LivenessStore, LivenessStoreError } from '@earshot/liveness-store';
import { openRedisLivenessStore } from '@earshot/liveness-store/redis';
import type { Clock, Logger } from '@earshot/runtime';
import { openUntilThere } from './open-until-there.ts';

export interface StoreValues {
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly redisCluster: boolean;
  readonly partitions: number;
}

const isFinal = (error: unknown): boolean =>
  !(error instanceof LivenessStoreError) || error.code !== 'EARSHOT_STORE_UNAVAILABLE';

/** The projection on Redis. Waits for a server that is not there yet; rejects where it is set up in a way that would break a guarantee. */
export const openDistributedStore = (
  values: StoreValues,
  context: { readonly logId: string; readonly clock: Clock; readonly logger: Logger },
): Promise<LivenessStore> => {
  const { logId, clock, logger } = context;
  const open = (): Promise<LivenessStore> =>
    openRedisLivenessStore({
      url: values.redisUrl,
      prefix: values.redisPrefix,
      cluster: values.redisCluster,
      partitions: values.partitions,
      logId,
      onWarning: (warning) => logger.warn(warning, 'Redis'),
    });
  return openUntilThere(open, { what: 'Redis', isFinal, clock, logger });
};
