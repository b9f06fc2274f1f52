import { type CommitOutcome, LivenessStoreError, type PartitionCommit, type PartitionRewrite } from '../port/index.ts';
import { beginRewriting, clearRemains } from './clear-partition.ts';
import { continueStretches, type OpenStretches, stretchesOfLedger } from './open-stretches.ts';
import type { StoredPlace } from './partition-fields.ts';
import { type PartitionKeys, partitionKeys } from './partition-keys.ts';
import { planWrite, type WriteRequest } from './plan-write.ts';
import type { RedisConnection } from './redis-connection.ts';
import { newVersion, readPlace, type StoredPlaces, tidyPlace } from './stored-places.ts';
import { parseWriteReply, WRITE_SCRIPT } from './write-script.ts';

/** Where writes go. */
export interface PartitionWriter {
  readonly connection: RedisConnection;
  readonly places: StoredPlaces;
  readonly prefix: string;
  readonly logId: string | null;
}

/**
 * Attempts at one write. Each failed one taught something: what others wrote, or remains that are cleared now. One
 * owner alone needs two at most.
 */
const ATTEMPTS_MAX = 8;

/** How one attempt ended: for good, or to be tried again with what it taught. */
type Attempt = CommitOutcome | 'again';

const ACCEPTED: CommitOutcome = { accepted: true };

const refusal = (stored: number | null): CommitOutcome => ({ accepted: false, stored });

const attemptUntilSettled = async (attempt: () => Promise<Attempt>): Promise<CommitOutcome> => {
  for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts += 1) {
    const outcome = await attempt();
    if (outcome !== 'again') return outcome;
  }
  throw new LivenessStoreError('EARSHOT_STORE_UNAVAILABLE', 'others write the same partition of the projection');
};

/** What the script said, once it had all the keys it needs. */
type WriteAnswer =
  | { readonly kind: 'settled'; readonly outcome: CommitOutcome; readonly stretches: OpenStretches }
  | { readonly kind: 'stale' | 'remains' };

/** Sends a write, once more where the script needs further indexes. */
const send = async (writer: PartitionWriter, keys: PartitionKeys, request: WriteRequest): Promise<WriteAnswer> => {
  const plan = planWrite(keys, request);
  const answer = parseWriteReply(await writer.connection.run(WRITE_SCRIPT, plan.keys, plan.values));
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'settled', outcome: ACCEPTED, stretches: plan.stretches };
    case 'refused':
      return { kind: 'settled', outcome: refusal(answer.stored), stretches: plan.stretches };
    case 'indexes':
      return send(writer, keys, { ...request, furtherTtls: new Set([...request.furtherTtls, ...answer.ttlNames]) });
    case 'disorder':
      throw new RangeError('publications cannot be of records before those already stored');
    case 'remains':
    case 'stale':
      return { kind: answer.kind };
  }
};

const attemptWrite = async (
  writer: PartitionWriter,
  keys: PartitionKeys,
  request: WriteRequest,
): Promise<Attempt | 'remains'> => {
  const { partition, state } = request.content;
  // Until an answer says otherwise nothing is known.
  writer.places.forget(partition);
  const answer = await send(writer, keys, request);
  if (answer.kind !== 'settled') return answer.kind === 'remains' ? 'remains' : 'again';
  if (answer.outcome.accepted) {
    writer.places.remember(partition, {
      ...answer.stretches,
      version: request.versionNew,
      position: request.isWhole ? state.position : null,
      rewriting: request.isWhole ? null : request.content.owner,
    });
  }
  return answer.outcome;
};

/** A write of a partition of which nothing is stored. */
const requestOfNothing = ({ logId }: PartitionWriter, commit: Omit<PartitionCommit, 'expected'>): WriteRequest => ({
  content: commit,
  logId,
  guard: 'nothing',
  expected: '',
  versionKnown: '',
  versionNew: newVersion(),
  isWhole: true,
  stretches: stretchesOfLedger(commit.state),
  areStretchesKnown: false,
  furtherTtls: new Set(),
});

/** The first commit of a partition: only where nothing is stored; remains are cleared. */
const attemptFirst = async (
  writer: PartitionWriter,
  keys: PartitionKeys,
  commit: PartitionCommit,
): Promise<Attempt> => {
  const outcome = await attemptWrite(writer, keys, requestOfNothing(writer, commit));
  if (outcome !== 'remains') return outcome;
  const { version } = await readPlace(writer.connection, keys);
  await clearRemains(writer.connection, keys, version ?? '');
  return 'again';
};

const attemptNext = async (writer: PartitionWriter, keys: PartitionKeys, commit: PartitionCommit): Promise<Attempt> => {
  const { partition, expected, state } = commit;
  const found = await writer.places.find(partition, keys, ({ position }) => position === expected);
  if (found.position !== expected) return refusal(found.position);
  const place = await tidyPlace(writer.connection, keys, { place: found, state });
  const stretches = continueStretches(place, state);
  const outcome = await attemptWrite(writer, keys, {
    ...requestOfNothing(writer, commit),
    guard: 'position',
    expected: String(expected),
    versionKnown: place.version ?? '',
    stretches,
    areStretchesKnown: stretches.stretches === found.stretches,
  });
  return outcome === 'remains' ? 'again' : outcome;
};

/** P2: compare and set on the position. */
export const writeCommit = (writer: PartitionWriter, commit: PartitionCommit): Promise<CommitOutcome> => {
  const keys = partitionKeys(writer.prefix, commit.partition);
  const attempt = commit.expected === null ? attemptFirst : attemptNext;
  return attemptUntilSettled(() => attempt(writer, keys, commit));
};

/** Clears the partition, and writes the first part under the mark that clearing left. */
const attemptFirstPart = async (
  writer: PartitionWriter,
  keys: PartitionKeys,
  part: PartitionRewrite,
): Promise<Attempt> => {
  const { connection, places } = writer;
  const request: WriteRequest = {
    ...requestOfNothing(writer, part),
    guard: 'rewriting',
    expected: part.owner,
    versionKnown: newVersion(),
    isWhole: part.last,
  };
  planWrite(keys, request); // what cannot be written has to show before anything is cleared
  places.forget(part.partition);
  const { version } = await readPlace(connection, keys);
  const by = { owner: part.owner, versionKnown: version ?? '', versionNew: request.versionKnown };
  const cleared = await beginRewriting(connection, keys, by);
  if (cleared === 'stale') return 'again';
  const outcome = cleared === 'cleared' ? await attemptWrite(writer, keys, request) : 'again';
  // Whoever wrote since began after us, and goes on.
  if (outcome === 'again' || outcome === 'remains') return refusal((await readPlace(connection, keys)).position);
  return outcome;
};

const attemptNextPart = async (
  writer: PartitionWriter,
  keys: PartitionKeys,
  part: PartitionRewrite,
): Promise<Attempt> => {
  const isOurs = ({ position, rewriting }: StoredPlace): boolean => position === null && rewriting === part.owner;
  const place = await writer.places.find(part.partition, keys, isOurs);
  if (!isOurs(place)) return refusal(place.position);
  const outcome = await attemptWrite(writer, keys, {
    ...requestOfNothing(writer, part),
    guard: 'rewriting',
    expected: part.owner,
    versionKnown: place.version ?? '',
    isWhole: part.last,
    stretches: place,
    areStretchesKnown: true,
  });
  return outcome === 'remains' ? 'again' : outcome;
};

/** One part of a rewrite; parts after the first need the mark that the first one left. */
export const writeRewrite = (writer: PartitionWriter, part: PartitionRewrite): Promise<CommitOutcome> => {
  const keys = partitionKeys(writer.prefix, part.partition);
  const attempt = part.first ? attemptFirstPart : attemptNextPart;
  return attemptUntilSettled(() => attempt(writer, keys, part));
};
