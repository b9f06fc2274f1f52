import { SILENCE_END_SHARE, SILENCE_LEAST, SILENCE_SHARE } from '@earshot/contracts';
import type { ReleaseRecord } from '@earshot/contracts';
import { emitEvent } from './emit.ts';
import type { Partition } from './partition.ts';

/** V5: so many are late that the path is to be suspected, not the systems. */
const isFleetSilence = (late: number, listed: number): boolean =>
  late >= SILENCE_LEAST && late * SILENCE_SHARE >= listed;

/** V5: few enough are still silent. */
const isFleetSilenceOver = (silent: number, listed: number): boolean =>
  silent < SILENCE_LEAST || silent * SILENCE_END_SHARE < listed;

/**
 * V5: opens a hold before the first verdict it is to delay, or ends it. `late` ignores closed time, `silent` does
 * not.
 */
export const reviewHold = (partition: Partition): void => {
  const { hold, silence, time } = partition;
  const { late, silent, listed } = silence;
  if (hold.state === 'none') {
    if (!isFleetSilence(late, listed) || !silence.hasDue()) return;
    hold.state = 'on';
    hold.openedAt = time.proven;
    hold.closedAt = null;
    emitEvent(partition, { event: 'fleet-silence-opened', late, listed });
  } else if (isFleetSilenceOver(silent, listed)) {
    if (hold.isOn) endHold(partition, { reason: 'recovered', by: '', note: '' });
    hold.state = 'none';
  }
};

/** An operator ends the effect of a hold; it stays released, lest it open again, until the fleet is heard. */
export const release = (partition: Partition, { by = '', reason = '' }: ReleaseRecord): void => {
  if (!partition.hold.isOn) return;
  endHold(partition, { reason: 'operator', by, note: reason });
  partition.hold.state = 'released';
};

interface HoldEnd {
  readonly reason: 'recovered' | 'operator';
  readonly by: string;
  readonly note: string;
}

const endHold = (partition: Partition, end: HoldEnd): void => {
  partition.hold.closedAt = partition.time.proven;
  partition.silence.endHold();
  emitEvent(partition, { event: 'fleet-silence-closed', ...end });
};
