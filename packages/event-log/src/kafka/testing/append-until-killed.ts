import type { TopicSpec } from '@earshot/contracts';
import { openKafkaEventLog } from '../index.ts';

/**
 * A process that appends to all partitions of a topic until somebody kills it, and writes a line per acknowledged
 * record to stdout. Arguments: where, as JSON.
 */
interface Where {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly topic: TopicSpec;
}

const parseWhere = (text: string): Where => JSON.parse(text) as Where;

/** Different sizes, so that the kill meets groups small and large. */
const GROUP_SIZES = [1, 3, 50, 200];

const { brokers, prefix, topic } = parseWhere(process.argv[2] ?? '');
const log = await openKafkaEventLog({ brokers, prefix });
await log.prepare([topic]);

const appendGroup = async (group: number): Promise<void> => {
  const records = Array.from({ length: GROUP_SIZES[group % GROUP_SIZES.length] ?? 1 }, (_, i) => ({
    topic: topic.name,
    partition: (group + i) % topic.partitions,
    key: `${i}`,
    value: `group ${group} record ${i}`,
  }));
  const outcomes = await log.append(records);
  const lines = outcomes.map((outcome, i) =>
    JSON.stringify({ partition: records[i]?.partition, value: records[i]?.value, ...outcome }),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
};

for (let group = 0; ; group += 2) await Promise.all([appendGroup(group), appendGroup(group + 1)]);
