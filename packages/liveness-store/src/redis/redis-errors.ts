import { LivenessStoreError, type LivenessStoreErrorCode } from '../port/index.ts';

/** First words of Redis's refusals that have something to do with how it is set up, or with the url's credentials. */
const SET_UP: readonly string[] = ['NOAUTH', 'WRONGPASS', 'NOPERM', 'NOPROTO', 'CROSSSLOT'];
/** A key of ours is of another type. */
const NOT_OURS: readonly string[] = ['WRONGTYPE'];
/** Refusals without a word of their own that may pass. */
const PASSING_TEXTS: readonly string[] = ['max number of clients reached'];

/** Without a word of its own a refusal says that the command is wrong: a programmer's error. */
const PLAIN = 'ERR';

const isReply = (error: Error): boolean => error.name === 'ReplyError';

const codeOfReply = (text: string): LivenessStoreErrorCode | null => {
  const word = text.slice(0, `${text} `.indexOf(' '));
  if (SET_UP.includes(word)) return 'EARSHOT_STORE_MISCONFIGURED';
  if (NOT_OURS.includes(word)) return 'EARSHOT_STORE_CORRUPT';
  // OOM, LOADING, BUSY, READONLY, MASTERDOWN, MISCONF, NOREPLICAS, CLUSTERDOWN, MOVED, ASK, TRYAGAIN: all may pass.
  const mayPass = word !== PLAIN || PASSING_TEXTS.some((passing) => text.includes(passing));
  return mayPass ? 'EARSHOT_STORE_UNAVAILABLE' : null;
};

/**
 * The port's error for what the client rejected with: a refusal of Redis's, or no answer. A refusal that can only be
 * our own fault comes back as it is.
 */
export const toStoreError = (error: unknown): unknown => {
  if (error instanceof LivenessStoreError || !(error instanceof Error)) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const code = isReply(error) ? codeOfReply(error.message) : 'EARSHOT_STORE_UNAVAILABLE';
  return code === null ? error : new LivenessStoreError(code, `Redis does not take this: ${error.message}`, error);
};

/** True for the refusal of a script that Redis has not seen, or has forgotten. */
export const isUnknownScript = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('NOSCRIPT');

/** True for the refusal of a server that has become a replica: its name may stand for another one by now. */
export const isFromReplica = (error: Error): boolean => error.message.startsWith('READONLY');
