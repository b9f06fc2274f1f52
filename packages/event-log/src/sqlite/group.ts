import type { Ownership, OwnershipHandler } from '../port/index.ts';
import { takePartition, type OwnedPartition } from './owned-partition.ts';
import type { RecordSource } from './record-source.ts';
import { shareOut } from './share-out.ts';
import type { Stream } from './stream.ts';

/** The members that share one topic's partitions. In one process they are all here, and know at once who owns what. */
export interface Group {
  join(handler: OwnershipHandler): Ownership;
}

interface Member {
  readonly handler: OwnershipHandler;
  readonly owned: Map<number, OwnedPartition>;
  /** What it has given back and may still be working on. */
  readonly leaving: Set<Promise<void>>;
}

export const createGroup = (source: RecordSource, streams: readonly Stream[]): Group => {
  const members: Member[] = [];
  /** When a partition's last owner is done with it: the next begins after that, so that within a process none overlap. */
  const free = new Map<number, Promise<void>>();

  const revoke = (member: Member, partition: number): void => {
    const done = member.owned.get(partition)?.revoke();
    member.owned.delete(partition);
    if (done === undefined) return;
    free.set(partition, done);
    member.leaving.add(done);
    void done.finally(() => member.leaving.delete(done));
  };

  const take = (member: Member, stream: Stream): void => {
    const { partition } = stream;
    if (member.owned.has(partition)) return;
    const taken = takePartition({ source, stream, handler: member.handler }, free.get(partition) ?? Promise.resolve());
    member.owned.set(partition, taken);
  };

  const share = (): void => {
    const shares = shareOut(
      streams.length,
      members.map((member) => [...member.owned.keys()]),
    );
    for (const [i, member] of members.entries()) {
      const gone = [...member.owned.keys()].filter((partition) => !shares[i]?.includes(partition));
      for (const partition of gone) revoke(member, partition);
    }
    for (const [i, member] of members.entries()) {
      for (const stream of streams) if (shares[i]?.includes(stream.partition)) take(member, stream);
    }
  };

  const leave = async (member: Member): Promise<void> => {
    const place = members.indexOf(member);
    if (place >= 0) {
      members.splice(place, 1);
      for (const partition of member.owned.keys()) revoke(member, partition);
      share();
    }
    await Promise.all(member.leaving);
  };

  return {
    join: (handler) => {
      const member: Member = { handler, owned: new Map(), leaving: new Set() };
      members.push(member);
      share();
      return {
        partitions: () => [...member.owned.keys()].toSorted((a, b) => a - b),
        restart: (partition) => member.owned.get(partition)?.restart(),
        stop: () => leave(member),
      };
    },
  };
};
