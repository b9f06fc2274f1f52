import type { TopicSpec } from '@earshot/contracts';
import {
  EventLogError,
  type AppendOutcome,
  type EventLog,
  type NewRecord,
  type Ownership,
  type OwnershipHandler,
  type PartitionBounds,
  type Reading,
  type ReadingHandler,
  type TableHandler,
} from '../port/index.ts';
import { createAppendQueue, type AppendQueue } from './appending/append-queue.ts';
import { createStickyAssigner } from './reading/assigners.ts';
import { createClients } from './client/clients.ts';
import { createClusterAdmin, type ClusterAdmin } from './client/cluster-admin.ts';
import { joinGroup } from './reading/group-member.ts';
import { toEventLogError } from './client/kafka-failure.ts';
import { settingsOf, type KafkaEventLogOptions, type KafkaEventLogSettings } from './options.ts';
import { prepareTopics } from './topics/prepare-topics.ts';
import { startReading, startTableReading, type ReadingDependencies } from './reading/reading.ts';
import { checkRecord, type CheckedRecord } from './appending/record-check.ts';
import { createSender, type Sender } from './appending/sender.ts';
import { createTopicDirectory, type KnownTopic, type TopicDirectory } from './topics/topic-directory.ts';

/**
 * Opens the log on a Kafka cluster; rejects with EARSHOT_LOG_UNAVAILABLE when no broker answers. Positions are Kafka's
 * offsets; a group's own offsets are never used. How the guarantees are met:
 *
 * - L1, L3, L12: `acks=all` without the library's retries, and only what the answer covers counts; no unclean leader
 * - L2: one send at a time, or one per partition while something is wrong; after a hang the old producer must be done
 * - L4: bounds are asked for before a position is sought, and each batch must begin where the last one ended
 * - L5, L6: the group's protocol shares out partitions; being given up and coming back is told as loss and assignment
 * - L8: sizes are checked before; a partition without a leader is left out of a send instead of failing it
 * - L9: a partition whose handler is slow is paused and its fetched records kept; the others go on
 * - L13: 3 s per request, 5 s per send, and the queue's own deadline over all (what timed out may land)
 * - L14: read from its beginning to the end at the call; gaps are normal
 * - T1: topics have LogAppendTime; `prepare` refuses others, and so does an answer without the broker's time
 */
export const openKafkaEventLog = async (options: KafkaEventLogOptions): Promise<EventLog> => {
  const settings = settingsOf(options);
  const { clock, logged } = settings;
  const clients = createClients(settings);
  const sender = createSender({
    createProducer: clients.producer,
    clock,
    produceTimeoutMs: settings.produceTimeoutMs,
    deadlineMs: settings.sendDeadlineMs,
    logged,
  });
  const kafkaAdmin = clients.admin();
  const admin = createClusterAdmin(kafkaAdmin, clock);
  try {
    await Promise.all([sender.connect(), kafkaAdmin.connect()]);
  } catch (error) {
    await Promise.all([sender.close(), admin.close()]);
    throw toEventLogError(error, `No broker of ${settings.brokers.join(',')} could be reached`);
  }
  const directory = createTopicDirectory(admin, settings.prefix);
  const queue = createAppendQueue({
    send: (topicMessages) => sender.send(topicMessages),
    clock,
    deadlineMs: settings.appendDeadlineMs,
    logged,
  });
  const reading: ReadingDependencies = {
    clients,
    clock,
    logged,
    prefix: settings.prefix,
    limits: { recordsMax: settings.batchRecordsMax, bytesMax: settings.batchBytesMax },
    bounds: ({ kafkaName }) => admin.bounds(kafkaName),
    forgetGroup: (groupId) => admin.forgetGroup(groupId),
  };
  return new OpenLog({ settings, sender, admin, directory, queue, reading });
};

interface Parts {
  readonly settings: KafkaEventLogSettings;
  readonly sender: Sender;
  readonly admin: ClusterAdmin;
  readonly directory: TopicDirectory;
  readonly queue: AppendQueue;
  readonly reading: ReadingDependencies;
}

/** Something that delivers until it is stopped. */
interface Stoppable {
  readonly stop: () => Promise<void>;
}

class OpenLog implements EventLog {
  readonly #parts: Parts;
  readonly #delivering = new Set<Stoppable>();
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async prepare(topics: readonly TopicSpec[]): Promise<void> {
    this.#refuseIfClosed();
    await prepareTopics(this.#parts, topics);
  }

  async append(records: readonly NewRecord[]): Promise<readonly AppendOutcome[]> {
    const { directory, queue } = this.#parts;
    if (this.#closing !== null) return records.map(() => ({ error: closedError() }));
    const checked = records.every(({ topic }) => directory.known(topic) !== undefined)
      ? records.map((record) => this.#check(record, directory.known(record.topic)))
      : await this.#checkUnknown(records);
    const fit = checked.filter((each): each is CheckedRecord => !(each instanceof EventLogError));
    if (this.#closing !== null) return records.map(() => ({ error: closedError() }));
    const landed = fit.length === 0 ? [] : await queue.append(fit);
    return landed.length === records.length ? landed : mergeOutcomes(checked, landed);
  }

  async own(topic: string, group: string, handler: OwnershipHandler): Promise<Ownership> {
    const known = await this.#find(topic);
    const { settings, reading } = this.#parts;
    const ownership = await joinGroup(reading, {
      topic: known,
      // Two topics under one group name are two groups, so that members never wait for each other's topic.
      groupId: `${settings.prefix}${group}.${topic}`,
      createAssigner: (current) => createStickyAssigner(known.partitions, current),
      handler,
    });
    const stop = await this.#register(() => ownership.stop());
    return { partitions: () => ownership.partitions(), restart: (partition) => ownership.restart(partition), stop };
  }

  // oxlint-disable-next-line eslint/max-params -- the port's signature
  async readFrom(topic: string, partition: number, position: number, handler: ReadingHandler): Promise<Reading> {
    const known = await this.#findPartition(topic, partition);
    const reading = await startReading(this.#parts.reading, { topic: known, partition, from: position }, handler);
    return { position: () => reading.position(), stop: await this.#register(() => reading.stop()) };
  }

  async readTable(topic: string, partition: number, handler: TableHandler): Promise<Reading> {
    const known = await this.#findPartition(topic, partition);
    const { reading, caughtUp } = await startTableReading(this.#parts.reading, { topic: known, partition }, handler);
    const stop = await this.#register(() => reading.stop());
    await caughtUp;
    return { position: () => reading.position(), stop };
  }

  async ends(topic: string): Promise<readonly PartitionBounds[]> {
    const { kafkaName, partitions } = await this.#find(topic);
    return this.#parts.admin.allBounds(kafkaName, partitions);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { queue, sender, admin } = this.#parts;
    await queue.drain();
    await Promise.all([...this.#delivering].map((each) => each.stop()));
    await Promise.all([sender.close(), admin.close()]);
  }

  /**
   * Keeps it in mind for close until it has stopped; what has begun while the log was being closed is stopped at once.
   */
  async #register(stopDelivering: () => Promise<void>): Promise<() => Promise<void>> {
    const delivering: Stoppable = {
      stop: async () => {
        await stopDelivering();
        this.#delivering.delete(delivering);
      },
    };
    if (this.#closing !== null) {
      await delivering.stop();
      throw closedError();
    }
    this.#delivering.add(delivering);
    return delivering.stop;
  }

  #check(record: NewRecord, topic: KnownTopic | EventLogError | undefined): CheckedRecord | EventLogError {
    if (topic === undefined || topic instanceof EventLogError) return topic ?? unknownTopic(record.topic);
    return checkRecord(record, topic, this.#parts.settings.recordBytesMax);
  }

  /** The first record of a topic that this log was not asked to prepare. */
  async #checkUnknown(records: readonly NewRecord[]): Promise<readonly (CheckedRecord | EventLogError)[]> {
    const { directory } = this.#parts;
    const topics = new Map<string, KnownTopic | EventLogError>();
    for (const name of new Set(records.map(({ topic }) => topic))) {
      try {
        topics.set(name, await directory.find(name));
      } catch (error) {
        topics.set(name, toEventLogError(error, `Topic ${name} is not known`));
      }
    }
    return records.map((record) => this.#check(record, topics.get(record.topic)));
  }

  async #find(topic: string): Promise<KnownTopic> {
    this.#refuseIfClosed();
    const known = await this.#parts.directory.find(topic);
    this.#refuseIfClosed();
    return known;
  }

  async #findPartition(topic: string, partition: number): Promise<KnownTopic> {
    const known = await this.#find(topic);
    if (Number.isInteger(partition) && partition >= 0 && partition < known.partitions) return known;
    throw new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `There is no ${known.kafkaName}/${partition}.`);
  }

  #refuseIfClosed(): void {
    if (this.#closing !== null) throw closedError();
  }
}

const closedError = (): EventLogError => new EventLogError('EARSHOT_LOG_CLOSED', 'The log is closed.');

const unknownTopic = (topic: string): EventLogError =>
  new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `There is no topic ${topic}.`);

/** Outcomes in the order offered: refusals where they were, the others as they landed. */
const mergeOutcomes = (
  checked: readonly (CheckedRecord | EventLogError)[],
  landed: readonly AppendOutcome[],
): readonly AppendOutcome[] => {
  const rest = landed.values();
  return checked.map((each) => {
    if (each instanceof EventLogError) return { error: each };
    return rest.next().value ?? { error: closedError() };
  });
};
