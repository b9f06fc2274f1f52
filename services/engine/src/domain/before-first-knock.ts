import type { EpochMs } from '@earshot/contracts';

/**
 * Whether a closed stretch is the one that ends with the first knock a log ever saw: it begins with time itself. True, but of no
 * use to an operator, who did not expect to be heard before anything was started.
 */
export const isBeforeFirstKnock = (outage: { readonly from: EpochMs }): boolean => outage.from === 0;
