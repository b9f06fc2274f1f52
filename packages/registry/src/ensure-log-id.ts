import { randomBytes } from 'node:crypto';
import { type DurationMs, LOG_KEY, type LogEntry, REGISTRY_TOPIC } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import { answerWithin, type RegistryClock } from './registry-clock.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryReader } from './registry-reader.ts';

const LOG_ID_BYTES = 9;
const ENDS_DEADLINE_MS: DurationMs = 5_000;

/**
 * The log's id, made at the first start. Needs a reader that is started. Where two processes make one at once, both
 * answer what the table says in the end. Rejects with a coded error when the log does not answer or does not take the
 * entry; may be repeated.
 */
export const ensureLogId = async (options: {
  readonly log: EventLog;
  readonly clock: RegistryClock;
  readonly reader: Pick<RegistryReader, 'logId' | 'reached'>;
}): Promise<string> => {
  const { log, clock, reader } = options;
  const bounds = await answerWithin(clock, ENDS_DEADLINE_MS, log.ends(REGISTRY_TOPIC));
  await reader.reached(bounds[0]?.end ?? 0);
  const known = reader.logId();
  if (known !== null) return known;
  const entry: LogEntry = { type: 'log', id: randomBytes(LOG_ID_BYTES).toString('base64url') };
  const record = { topic: REGISTRY_TOPIC, partition: 0, key: LOG_KEY, value: JSON.stringify(entry) };
  const [outcome] = await log.append([record]);
  if (outcome === undefined || 'error' in outcome) {
    throw new RegistryError('EARSHOT_REGISTRY_NOT_MADE', "the log's id could not be entered", outcome?.error);
  }
  await reader.reached(outcome.position + 1);
  return reader.logId() ?? entry.id;
};
