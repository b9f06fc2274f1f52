import { PARTITIONS_DISTRIBUTED } from '@earshot/contracts';
import { integerSetting, type Setting } from '@earshot/runtime';

/** Sizing: about a million systems or 100,000 records a second each dozen; the log's file or cluster bounds it long before this. */
export const PARTITIONS_MAX = 1_000;

/** Settings of liveness, read by whoever composes the process. */
export const LIVENESS_SETTINGS: { readonly partitions: Setting<number> } = {
  partitions: integerSetting('EARSHOT_PARTITIONS', PARTITIONS_DISTRIBUTED, { min: 1, max: PARTITIONS_MAX }),
};
