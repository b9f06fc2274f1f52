import { AssignerProtocol, type Assigner, type PartitionAssigner } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createAloneAssigner, createStickyAssigner } from './assigners.ts';
import { parseClaim } from './parse-claim.ts';

const TOPIC = 'earshot.heartbeats.v1';

/** The library gives an assigner more than ours look at. */
const make = (create: PartitionAssigner): Assigner => create({} as never);

const assignedTo = async (
  assigner: Assigner,
  members: readonly (readonly [memberId: string, memberMetadata: Buffer])[],
): Promise<Readonly<Record<string, readonly number[] | undefined>>> => {
  const group = {
    members: members.map(([memberId, memberMetadata]) => ({ memberId, memberMetadata })),
    topics: [TOPIC],
  };
  const assignments = await assigner.assign(group);
  return Object.fromEntries(
    assignments.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[TOPIC],
    ]),
  );
};

describe('assigners', () => {
  it('L5 members keep what they say they have', async () => {
    const has = (...partitions: readonly number[]): Buffer =>
      make(createStickyAssigner(6, () => partitions)).protocol({ topics: [TOPIC] }).metadata;
    const leader = make(createStickyAssigner(6, () => []));
    expect(
      await assignedTo(leader, [
        ['new', has()],
        ['b', has(3, 4, 5)],
        ['a', has(0, 1, 2)],
      ]),
    ).toEqual({
      a: [0, 1],
      b: [3, 4],
      new: [2, 5],
    });
  });

  it('L5 what another version of us says for itself is no claim', () => {
    expect(parseClaim(undefined)).toEqual([]);
    expect(parseClaim(Buffer.from('not json'))).toEqual([]);
    expect(parseClaim(Buffer.from('{"partitions":[1]}'))).toEqual([]);
    expect(parseClaim(Buffer.from('[1,"2",null,3.5,4]'))).toEqual([1, 4]);
  });

  it('a reader gets its partition and no other', async () => {
    const assigner = make(createAloneAssigner(7));
    const { metadata } = assigner.protocol({ topics: [TOPIC] });
    expect(await assignedTo(assigner, [['reader', metadata]])).toEqual({ reader: [7] });
  });
});
