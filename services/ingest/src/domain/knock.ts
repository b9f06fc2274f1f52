import { KNOCK_NAMES_MAX, type KnockRecord } from '@earshot/contracts';

/**
 * `refused`: answered 5xx, our deafness. `limited`: answered 429, the sender's noise; it is named as alive but never
 * closes time.
 */
export type TurnedAwayKind = 'refused' | 'limited';

/** Authentic systems of one partition that were turned away. */
interface TurnedAway {
  readonly names: Map<string, TurnedAwayKind>;
  /** Requests answered 5xx whose system found no room among the names. */
  refused: number;
}

/**
 * What one partition has yet to be told by knocks. Nothing in it is lost before a knock that said it was acknowledged.
 */
export interface PartitionReport {
  /** Since the last knock was put together. */
  fresh: TurnedAway;
  /** Said by a knock that is not acknowledged: said again by the next, so that it counts twice rather than never. */
  said: TurnedAway;
}

const nobody = (): TurnedAway => ({ names: new Map(), refused: 0 });

export const createPartitionReport = (): PartitionReport => ({ fresh: nobody(), said: nobody() });

/** A system whose name must not displace another's deafness: the name of a limited one gives way. */
const someLimited = (turnedAway: TurnedAway): string | undefined => {
  for (const [name, kind] of turnedAway.names) if (kind === 'limited') return name;
  return undefined;
};

const add = (turnedAway: TurnedAway, systemId: string, kind: TurnedAwayKind): void => {
  const { names } = turnedAway;
  const isRoom = names.size < KNOCK_NAMES_MAX;
  if (kind === 'limited') {
    if (isRoom && !names.has(systemId)) names.set(systemId, kind);
    return;
  }
  if (isRoom || names.has(systemId)) {
    names.set(systemId, kind);
    return;
  }
  const limited = someLimited(turnedAway);
  if (limited === undefined) {
    turnedAway.refused += 1;
    return;
  }
  names.delete(limited);
  names.set(systemId, kind);
};

/**
 * Notes that a request of the system was turned away. At most KNOCK_NAMES_MAX names are kept, beyond that 5xx are
 * counted.
 */
export const noteTurnedAway = (report: PartitionReport, systemId: string, kind: TurnedAwayKind): void =>
  add(report.fresh, systemId, kind);

export interface KnockWords {
  readonly ingest: string;
  readonly n: number;
  readonly leaving: boolean;
  readonly goodbye: boolean;
}

/** The next knock for the partition: all that was not acknowledged so far, and what came since. */
export const nextKnock = (report: PartitionReport, words: KnockWords): KnockRecord => {
  for (const [systemId, kind] of report.fresh.names) add(report.said, systemId, kind);
  report.said.refused += report.fresh.refused;
  report.fresh = nobody();
  return { type: 'knock', ...words, refused: report.said.refused, names: [...report.said.names.keys()] };
};

/** The knock put together last is in the log: what it said need not be said again. */
export const knockAcknowledged = (report: PartitionReport): void => {
  report.said = nobody();
};
