import type { Cleanup, TopicSpec } from '@earshot/contracts';
import type { DatabaseSync } from 'node:sqlite';
import { EventLogError } from '../port/index.ts';
import { inTransaction } from './database.ts';

/** A topic as the file has it. */
export interface StoredTopic {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: Cleanup;
}

const parseTopic = (row: unknown): StoredTopic => {
  const { cleanup, ...topic } = row as Omit<StoredTopic, 'cleanup'> & { readonly cleanup: string };
  return { ...topic, cleanup: JSON.parse(cleanup) as Cleanup };
};

/** All topics of the file, in the order of their creation. */
export const readTopics = (database: DatabaseSync): readonly StoredTopic[] =>
  database.prepare('SELECT id, name, partitions, cleanup FROM topic ORDER BY id').all().map(parseTopic);

const mismatch = (message: string): EventLogError => new EventLogError('EARSHOT_LOG_TOPIC_MISMATCH', message);

const checkTopic = (stored: StoredTopic, spec: TopicSpec): void => {
  if (stored.partitions !== spec.partitions) {
    throw mismatch(
      `Topic ${spec.name} has ${stored.partitions} partitions and is asked to have ${spec.partitions}. The number is fixed ` +
        `when the log is created: set EARSHOT_PARTITIONS to ${stored.partitions}, or begin a new log in another directory.`,
    );
  }
  if (stored.cleanup.kind !== spec.cleanup.kind) {
    throw mismatch(
      `Topic ${spec.name} has cleanup "${stored.cleanup.kind}" and is asked to have "${spec.cleanup.kind}". That is fixed when ` +
        'the log is created: start the version of Earshot that wrote it, or begin a new log in another directory.',
    );
  }
};

/**
 * Creates missing topics and takes over changed times and bytes of retention, all in one transaction or, where a topic does not
 * fit, nothing. Answers all topics of the file.
 */
export const prepareTopics = (database: DatabaseSync, specs: readonly TopicSpec[]): readonly StoredTopic[] => {
  const known = new Map(readTopics(database).map((topic) => [topic.name, topic]));
  const create = database.prepare('INSERT INTO topic (name, partitions, cleanup) VALUES (?, ?, ?)');
  const update = database.prepare('UPDATE topic SET cleanup = ? WHERE id = ?');
  inTransaction(database, () => {
    for (const spec of specs) {
      const stored = known.get(spec.name);
      const cleanup = JSON.stringify(spec.cleanup);
      if (stored === undefined) create.run(spec.name, spec.partitions, cleanup);
      else {
        checkTopic(stored, spec);
        if (cleanup !== JSON.stringify(stored.cleanup)) update.run(cleanup, stored.id);
      }
    }
  });
  return readTopics(database);
};
