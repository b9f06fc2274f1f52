import {
  choiceOf,
  choiceOrNull,
  COUNT,
  described,
  FLAG,
  IDENTIFIER,
  INSTANT,
  listOf,
  namedOrNull,
  objectOf,
  orNull,
  SECONDS,
  TEXT,
} from './answer-fragments.ts';
import { EVIDENCE_OUTAGES_MAX, TAGS_MAX } from './constants.ts';
import { OUTAGE_CAUSES } from './liveness-state.ts';
import type { JsonSchema } from './schemas.ts';

/** JSON Schemas of the things that the engine's answers are about. */

const STATE = choiceOf('unseen', 'online', 'offline');

const OUTAGE_MEMBERS: Readonly<Record<string, JsonSchema>> = {
  from: described(INSTANT, 'Inclusive.'),
  to: described(INSTANT, 'Exclusive.'),
  cause: choiceOf(...OUTAGE_CAUSES),
  ingest: described(TEXT, 'The ingest that was not heard; empty where it is nobody’s.'),
};

/** A closed stretch of log time, as a verdict and a partition show it. */
export const OUTAGE_DOCUMENT_SCHEMA: JsonSchema = {
  ...objectOf(OUTAGE_MEMBERS),
  description: 'A stretch of log time in which we did not provably listen.',
};

/** An outage as the list of outages shows it. */
export const PARTITION_OUTAGE_SCHEMA: JsonSchema = {
  ...objectOf({ id: TEXT, partition: COUNT, ...OUTAGE_MEMBERS }),
  description: 'A stretch in which a partition could not hear.',
};

export const VERDICT_DOCUMENT_SCHEMA: JsonSchema = {
  ...objectOf({
    last_seen: orNull(INSTANT),
    since: described(INSTANT, 'From when the silence counted: last seen, or later.'),
    ttl_seconds: SECONDS,
    proven: described(INSTANT, 'How far time was proven at the decision.'),
    decided_at: INSTANT,
    rule: choiceOf('contiguous', 'accumulated'),
    open_seconds: described(SECONDS, 'Open time counted since `since`.'),
    open_since: described(INSTANT, 'Start of the open stretch at the decision.'),
    outages: { ...listOf(OUTAGE_DOCUMENT_SCHEMA), maxItems: EVIDENCE_OUTAGES_MAX },
    held_seconds: described(SECONDS, 'How long a hold delayed it.'),
  }),
  description: 'What the decision that a system is offline was made on.',
};

export const TRANSITION_DOCUMENT_SCHEMA: JsonSchema = {
  ...objectOf({
    id: described(TEXT, '`<position>/<system_id>`, unique within the partition.'),
    system_id: IDENTIFIER,
    fleet: TEXT,
    registration: described(COUNT, 'Revision at which this registration began.'),
    sequence: { type: 'integer', minimum: 1, description: 'Gapless within a registration.' },
    from: STATE,
    to: choiceOf('online', 'offline'),
    occurred_at: described(INSTANT, 'Offline: proven time at the decision. Online: log time of the heartbeat.'),
    decided_at: INSTANT,
    ttl_seconds: SECONDS,
    position: COUNT,
    verdict: namedOrNull(VERDICT_DOCUMENT_SCHEMA),
  }),
  description: 'One change of a system’s state. `verdict` is null for online.',
};

export const SYSTEM_DOCUMENT_SCHEMA: JsonSchema = {
  ...objectOf({
    system_id: IDENTIFIER,
    name: TEXT,
    fleet: TEXT,
    tags: { ...listOf(TEXT), maxItems: TAGS_MAX },
    interval_seconds: SECONDS,
    ttl_seconds: SECONDS,
    state: STATE,
    late: described(FLAG, 'Silent for 3/4 of its ttl of open time.'),
    held: described(FLAG, 'Due, but a fleet silence holds verdicts.'),
    paused: FLAG,
    paused_until: orNull(INSTANT),
    retired: FLAG,
    last_seen: orNull(INSTANT),
    state_since: orNull(INSTANT),
    offline_at: described(
      orNull(INSTANT),
      'Online: when it will be due, if its partition stays open. Offline: when it was.',
    ),
    verdict: namedOrNull(VERDICT_DOCUMENT_SCHEMA),
  }),
  description: 'What is watched.',
};

const TOTALS_MEMBERS: Readonly<Record<string, JsonSchema>> = {
  systems: described(COUNT, 'unseen, online and offline add up to it.'),
  unseen: COUNT,
  online: COUNT,
  offline: COUNT,
};

export const TOTALS_SCHEMA: JsonSchema = objectOf({
  ...TOTALS_MEMBERS,
  of_which: described(objectOf({ late: COUNT, held: COUNT, paused: COUNT }), 'These overlap.'),
});

export const FLEET_DOCUMENT_SCHEMA: JsonSchema = {
  ...objectOf({
    name: IDENTIFIER,
    interval_seconds: SECONDS,
    ttl_seconds: SECONDS,
    auto_register: FLAG,
    max_systems: COUNT,
    covers_own: FLAG,
    totals: objectOf({ ...TOTALS_MEMBERS, of_which: objectOf({ paused: COUNT }) }),
  }),
  description: 'Systems that share defaults and a secret.',
};

/** A credential in a list: nothing of its secret. */
export const CREDENTIAL_DOCUMENT_SCHEMA: JsonSchema = {
  ...objectOf({
    id: TEXT,
    created_at: INSTANT,
    last_used: described(
      orNull(INSTANT),
      'When the system’s newest heartbeat came with it; null if that came with another, and for fleets.',
    ),
  }),
  description: 'A live secret, without the secret.',
};

/** A credential in the one answer that shows its secret. */
export const ISSUED_CREDENTIAL_SCHEMA: JsonSchema = {
  ...objectOf({ id: TEXT, username: IDENTIFIER, password: { type: 'string', minLength: 1 } }),
  description: 'The only time the password is shown.',
};

const CONDITION = choiceOf('rebuilding', 'unowned', 'not_heard', 'behind', 'closed', 'listening');

export const PARTITION_DOCUMENT_SCHEMA: JsonSchema = {
  ...objectOf({
    partition: COUNT,
    condition: described(CONDITION, 'What is wrong with it, worst first; listening when nothing is.'),
    now: described(orNull(INSTANT), 'Newest log time.'),
    proven: described(orNull(INSTANT), 'How far time is proven.'),
    open: FLAG,
    behind_seconds: orNull(SECONDS),
    behind_records: orNull(COUNT),
    owner: orNull(TEXT),
    listeners: described(listOf(TEXT), 'The ingests that are heard.'),
    hold: choiceOf('none', 'on', 'released'),
    late: COUNT,
    held: COUNT,
    outage: namedOrNull(OUTAGE_DOCUMENT_SCHEMA),
  }),
  description: 'A part of the log, and whether we hear in it. `outage` is the newest one.',
};

const SILENT_PARTITION = objectOf({
  partition: COUNT,
  opened_at: INSTANT,
  closed_at: orNull(INSTANT),
  late: COUNT,
  listed: COUNT,
  reason: choiceOrNull('recovered', 'operator'),
  by: TEXT,
  note: TEXT,
});

export const FLEET_SILENCE_SCHEMA: JsonSchema = {
  ...objectOf({
    id: TEXT,
    kind: { const: 'fleet_silence' },
    opened_at: INSTANT,
    closed_at: described(orNull(INSTANT), 'Null while it goes on.'),
    late: described(COUNT, 'Systems late when it opened.'),
    listed: COUNT,
    partitions: objectOf({ silent: COUNT, of: COUNT, list: { ...listOf(SILENT_PARTITION), minItems: 1 } }),
    suspect: described(choiceOf('ours', 'path'), 'Ours when fewer than half of the partitions are silent.'),
  }),
  description: 'Many systems fell silent at once: the path is suspected, not the systems.',
};

export const PARTITION_INCIDENT_SCHEMA: JsonSchema = {
  ...objectOf({
    id: TEXT,
    kind: { const: 'partition' },
    condition: CONDITION,
    partition: PARTITION_DOCUMENT_SCHEMA,
  }),
  description: 'A partition about which nothing new can be said.',
};

export const INCIDENT_SCHEMA: JsonSchema = {
  oneOf: [FLEET_SILENCE_SCHEMA, PARTITION_INCIDENT_SCHEMA],
  description: 'What is or was the matter.',
};
