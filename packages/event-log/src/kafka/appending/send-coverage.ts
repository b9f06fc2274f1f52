import type { RecordMetadata } from 'kafkajs';
import { EventLogError, type AppendOutcome } from '../../port/index.ts';

/** A partition's part of a send. */
export interface SentPart {
  readonly kafkaName: string;
  readonly partition: number;
  readonly recordCount: number;
}

/**
 * What became of each part of a send that resolved: the outcomes of its records, in the order sent. A send may resolve
 * although records were left out, so only an answer that covers a partition exactly once, without error, with a
 * position and the broker's time, counts as durable; anything else is an error for that partition alone.
 */
export const outcomesOfSend = (
  parts: readonly SentPart[],
  answers: readonly RecordMetadata[],
): readonly (readonly AppendOutcome[])[] =>
  parts.map((part) => {
    const mine = answers.filter((each) => each.topicName === part.kafkaName && each.partition === part.partition);
    const landed = mine.length === 1 && mine[0] !== undefined ? landedAt(mine[0]) : null;
    return Array.from({ length: part.recordCount }, (_, i) =>
      landed === null
        ? { error: uncovered(part, mine) }
        : { position: landed.position + i, appendedAt: landed.appendedAt },
    );
  });

type Landed = Extract<AppendOutcome, { readonly position: number }>;

/** Where the first record of an answered partition is, or null if the answer does not say so. */
const landedAt = ({ errorCode, baseOffset, logAppendTime }: RecordMetadata): Landed | null => {
  const position = wholeNumber(baseOffset);
  const appendedAt = wholeNumber(logAppendTime);
  return errorCode !== 0 || position === null || appendedAt === null ? null : { position, appendedAt };
};

/** Kafka says -1 for what it does not know: a position it did not give, the time of a topic that keeps the client's. */
const wholeNumber = (text: string | undefined): number | null => {
  const number = text === undefined || text === '' ? -1 : Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
};

const uncovered = ({ kafkaName, partition }: SentPart, answers: readonly RecordMetadata[]): EventLogError => {
  const place = `${kafkaName}/${partition}`;
  // Without an answer nothing was sent: the partition had no leader.
  if (answers.length === 0) return new EventLogError('EARSHOT_LOG_UNAVAILABLE', `${place} cannot take records now.`);
  const message = `The brokers' answer does not show that ${place} has the records: ${JSON.stringify(answers)}`;
  return new EventLogError('EARSHOT_LOG_UNAVAILABLE', message, { mayHaveLanded: true });
};
