/**
 * The numbers of the rules of time and of the verdict. Every owner of a partition must use the same ones,
 * or two owners would judge the same log differently; that is why they are constants and not settings.
 * Milliseconds are log time.
 */

/** Knocks of one ingest further apart than this close the stretch between. Raised: deafness hides longer. Lowered: a slow log closes time. */
export const KNOCK_GAP_MS = 3_000;

/** How often an ingest knocks. Well below KNOCK_GAP_MS, so that one slow append closes nothing. */
export const KNOCK_INTERVAL_MS = 1_000;

/** A listener is given up this long after its last knock: the time a balancer needs to move its systems to another ingest. */
export const LISTENER_LEAVE_MS = 30_000;

/** A knock this far below `now` means that the log's clock was set back; smaller steps are clamped. */
export const CLOCK_BACK_MS = 5_000;

/** Open time since the last heartbeat, in ttls, after which a system is due even if no single stretch was long enough. */
export const ACCUMULATED_TTLS = 3;

/** A system is late after LATE_NUMERATOR / LATE_DENOMINATOR of its ttl. Kept as a fraction so that comparing stays exact. */
export const LATE_NUMERATOR = 3;
export const LATE_DENOMINATOR = 4;

/** A hold opens when at least one in SILENCE_SHARE of the listed systems is late, and never below SILENCE_LEAST systems. */
export const SILENCE_SHARE = 5;

/** A hold ends when fewer than one in SILENCE_END_SHARE, or fewer than SILENCE_LEAST, are still silent. */
export const SILENCE_END_SHARE = 20;
export const SILENCE_LEAST = 10;

/** The longest a hold delays one verdict. */
export const HOLD_EXTRA_MS_MAX = 3_600_000;

/** Verdicts one knock may give; the rest follow at the next. Bounds the longest stretch of work. */
export const VERDICTS_PER_KNOCK_MAX = 5_000;

/** A retired system is remembered this long, so that a stale heartbeat does not bring it back. */
export const TOMBSTONE_MS = 3_600_000;

/** Outages a partition's ledger keeps, newest first to stay. For readers only: no verdict walks it. */
export const LEDGER_OUTAGES_MAX = 1_000;

/** Outages a verdict carries as evidence, the newest ones since the system was last seen. */
export const EVIDENCE_OUTAGES_MAX = 10;

/** Systems a knock may name as alive although they were turned away. */
export const KNOCK_NAMES_MAX = 64;

/** Bounds and defaults of the two settings every system has. */
export const INTERVAL_SECONDS_MIN = 5;
export const INTERVAL_SECONDS_MAX = 604_800;
export const INTERVAL_SECONDS_DEFAULT = 600;
/** Below 15 s the margin between interval and ttl would be smaller than what KNOCK_GAP_MS plus the append queue may hide. */
export const TTL_SECONDS_MIN = 15;
export const TTL_SECONDS_MAX = 2_592_000;
export const TTL_SECONDS_DEFAULT = 1_500;
/** ttl must be at least TTL_PER_INTERVAL_MIN intervals: with ttl = interval the whole fleet flaps. */
export const TTL_PER_INTERVAL_MIN = 1.5;

/** Systems that a fleet's secret may register by sending, unless the fleet says otherwise. */
export const FLEET_SYSTEMS_MAX_DEFAULT = 100_000;

/** Code points of a system id, a fleet's name and a system's display name. */
export const NAME_LENGTH_MAX = 255;
export const TAGS_MAX = 32;
export const TAG_LENGTH_MAX = 255;

/** Bytes of a request body. */
export const BODY_BYTES_MAX = 16_384;
