import { type EpochMs, toIso, toIsoOrNull } from '@earshot/contracts';

/** The fleet silence of one partition, from its opening to its closing event. */
export interface PartitionSilence {
  /** Of the opening event. */
  readonly id: string;
  readonly partition: number;
  readonly openedAt: EpochMs;
  /** Null while it goes on. */
  readonly closedAt: EpochMs | null;
  readonly late: number;
  readonly listed: number;
  readonly reason: 'recovered' | 'operator' | null;
  readonly by: string;
  readonly note: string;
}

/** Fleet silences that overlap in time: one event to an operator. */
export interface SilenceDocument {
  readonly id: string;
  readonly kind: 'fleet_silence';
  readonly opened_at: string;
  readonly closed_at: string | null;
  /** Systems late when it opened, over all its partitions. */
  readonly late: number;
  readonly listed: number;
  readonly partitions: {
    readonly silent: number;
    readonly of: number;
    readonly list: readonly {
      readonly partition: number;
      readonly opened_at: string;
      readonly closed_at: string | null;
      readonly late: number;
      readonly listed: number;
      readonly reason: 'recovered' | 'operator' | null;
      readonly by: string;
      readonly note: string;
    }[];
  };
  /** Silence in the minority of the partitions hardly comes from the path all systems share: suspect this side first. */
  readonly suspect: 'ours' | 'path';
}

interface Group {
  readonly members: PartitionSilence[];
  /** Infinity while a member goes on. */
  end: number;
}

const group = (silences: readonly PartitionSilence[]): readonly Group[] => {
  const groups: Group[] = [];
  const inOrder = silences.toSorted((a, b) => a.openedAt - b.openedAt || a.partition - b.partition);
  for (const silence of inOrder) {
    const end = silence.closedAt ?? Number.POSITIVE_INFINITY;
    const last = groups.at(-1);
    if (last !== undefined && silence.openedAt <= last.end) {
      last.members.push(silence);
      last.end = Math.max(last.end, end);
    } else {
      groups.push({ members: [silence], end });
    }
  }
  return groups;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const present = ({ members, end }: Group, partitions: number): readonly SilenceDocument[] => {
  const [first] = members;
  if (first === undefined) return [];
  const silent = new Set(members.map((member) => member.partition)).size;
  const document: SilenceDocument = {
    id: first.id,
    kind: 'fleet_silence',
    opened_at: toIso(first.openedAt),
    closed_at: Number.isFinite(end) ? toIso(end) : null,
    late: sum(members.map((member) => member.late)),
    listed: sum(members.map((member) => member.listed)),
    partitions: {
      silent,
      of: partitions,
      list: members.map((member) => ({
        partition: member.partition,
        opened_at: toIso(member.openedAt),
        closed_at: toIsoOrNull(member.closedAt),
        late: member.late,
        listed: member.listed,
        reason: member.reason,
        by: member.by,
        note: member.note,
      })),
    },
    suspect: 2 * silent < partitions ? 'ours' : 'path',
  };
  return [document];
};

/**
 * The partitions' silences as incidents, newest first: those that overlap in time are one, opened with the first and closed with
 * the last. The order in which the partitions were read does not matter.
 */
export const joinSilences = (silences: readonly PartitionSilence[], partitions: number): readonly SilenceDocument[] =>
  group(silences)
    .toReversed()
    .flatMap((members) => present(members, partitions));
