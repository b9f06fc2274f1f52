import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { parseClaim } from './parse-claim.ts';
import { shareOut } from './share-out.ts';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/** All members of a group must name the same. */
const STICKY = 'earshot-sticky';
const ALONE = 'earshot-alone';
const VERSION = 1;

/**
 * Shares out a topic so that members keep what they have: each says so when it joins, and whoever leads the group
 * decides. `current` is what this member has now.
 */
export const createStickyAssigner =
  (partitions: number, current: () => readonly number[]): PartitionAssigner =>
  () => ({
    name: STICKY,
    version: VERSION,
    protocol: ({ topics }) => {
      const userData = Buffer.from(JSON.stringify(current()));
      return { name: STICKY, metadata: MemberMetadata.encode({ version: VERSION, topics, userData }) };
    },
    assign: async ({ members, topics }) => {
      const claims = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        partitions: parseClaim(MemberMetadata.decode(memberMetadata)?.userData),
      }));
      return [...shareOut(partitions, claims)].map(([memberId, own]) => assignment(memberId, topics, own));
    },
  });

/** Gives one partition, and no other, to the only member of a group. */
export const createAloneAssigner =
  (partition: number): PartitionAssigner =>
  () => ({
    name: ALONE,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: ALONE,
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
    }),
    assign: async ({ members, topics }) => members.map(({ memberId }) => assignment(memberId, topics, [partition])),
  });

const assignment = (
  memberId: string,
  topics: readonly string[],
  partitions: readonly number[],
): { memberId: string; memberAssignment: Buffer } => ({
  memberId,
  memberAssignment: MemberAssignment.encode({
    version: VERSION,
    assignment: Object.fromEntries(topics.map((topic) => [topic, [...partitions]])),
    userData: Buffer.alloc(0),
  }),
});
