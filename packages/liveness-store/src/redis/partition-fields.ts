import type { EpochMs, PartitionState } from '@earshot/contracts';
import type { PartitionCommit } from '../port/index.ts';
import type { OpenStretch, OpenStretches } from './open-stretches.ts';
import { parseInteger, parseJson, parseText, parseTextsOrNull } from './replies.ts';

/**
 * The fields of a partition's hash. Beside those that the port asks for:
 *
 * - `version`: random, another one with each write; tells whether anything was written between two looks
 * - `marks`: how often publications were taken out
 * - `rewriting`: the owner that writes everything anew; there is no `position` then
 * - `stretches`, `since_max`: how openAt follows from since
 * - `log`: the log whose records were folded
 * - `systems`: how many there are, so that a loss of some of them is noticed
 */

/** The log whose records were folded. */
export const LOG_FIELD = 'log';

/** What a writer has to know of what is stored. */
export interface StoredPlace extends OpenStretches {
  /** Null: missing, or being rewritten. */
  readonly position: number | null;
  /** Null: nothing is stored at all. */
  readonly version: string | null;
  readonly rewriting: string | null;
}

/** The fields of `parsePlace`, in its order. */
export const PLACE_FIELDS: readonly string[] = ['position', 'version', 'rewriting', 'since_max', 'stretches'];

type PackedStretch = readonly [from: number, origin: number, open: number];

const packStretches = (stretches: readonly OpenStretch[]): string =>
  JSON.stringify(stretches.map(({ from, origin, open }): PackedStretch => [from, origin, open]));

const parseStretches = (text: string): readonly OpenStretch[] => {
  const packed = parseJson(text) as readonly PackedStretch[];
  return packed.map(([from, origin, open]) => ({ from, origin, open }));
};

export const parsePlace = (reply: unknown): StoredPlace => {
  const [position, version, rewriting, sinceMax, stretches] = parseTextsOrNull(reply);
  return {
    position: position === null ? null : parseInteger(position),
    version: version ?? null,
    rewriting: rewriting ?? null,
    sinceMax: typeof sinceMax === 'string' ? parseInteger(sinceMax) : Number.MIN_SAFE_INTEGER,
    stretches: typeof stretches === 'string' ? parseStretches(stretches) : [],
  };
};

/** What readers need of a partition that is stored. */
export interface StoredHead {
  readonly version: string;
  readonly marks: number;
  readonly stretches: readonly OpenStretch[];
  readonly systems: number;
  readonly state: PartitionState;
  readonly owner: string;
  readonly endSeen: number;
  readonly committedAt: EpochMs;
}

/** The fields of `parseHead`, in its order. */
export const HEAD_FIELDS: readonly string[] = [
  'position',
  'version',
  'marks',
  'stretches',
  'systems',
  'state',
  'owner',
  'end_seen',
  'committed_at',
];

const parseState = (text: unknown): PartitionState => parseJson(text) as PartitionState;

/** Null: missing, or being rewritten. */
export const parseHead = (reply: unknown): StoredHead | null => {
  const [position, version, marks, stretches, systems, state, owner, endSeen, committedAt] = parseTextsOrNull(reply);
  if (position === null) return null;
  return {
    version: parseText(version),
    marks: parseInteger(marks ?? 0),
    stretches: parseStretches(parseText(stretches)),
    systems: parseInteger(systems),
    state: parseState(state),
    owner: parseText(owner),
    endSeen: parseInteger(endSeen),
    committedAt: parseInteger(committedAt),
  };
};

/** What a write makes of a partition beside its systems and publications. */
export interface PlaceWritten {
  readonly content: Omit<PartitionCommit, 'expected'>;
  readonly logId: string | null;
  /** False: more parts of the rewrite follow. */
  readonly isWhole: boolean;
  readonly version: string;
  readonly stretches: OpenStretches;
  /** They are stored already. */
  readonly areStretchesKnown: boolean;
}

/** Field, value, field, value, ... */
export const encodePlace = (written: PlaceWritten): readonly (string | number)[] => {
  const { content, version, stretches } = written;
  const fields: (string | number)[] = ['version', version, 'since_max', stretches.sinceMax];
  if (!written.areStretchesKnown) fields.push('stretches', packStretches(stretches.stretches));
  if (written.logId !== null) fields.push(LOG_FIELD, written.logId);
  if (written.isWhole) {
    fields.push('position', content.state.position, 'state', JSON.stringify(content.state));
    fields.push('owner', content.owner, 'end_seen', content.endSeen, 'committed_at', content.committedAt);
  }
  return fields;
};
