import { EVIDENCE_OUTAGES_MAX } from '@earshot/contracts';
import type { Evidence } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';

const listening = (): Timeline => {
  const story = timeline();
  story.knock('i1', START);
  return story;
};

const lastEvidence = (story: Timeline): Evidence | undefined => story.transitions.at(-1)?.evidence;

describe('G11 every verdict explains itself', () => {
  it('G11 an offline carries what it was decided from', () => {
    const story = listening();
    story.heartbeat('a', START + 500, { fleet: 'rome', revision: 3 });
    story.listen(START + 1_000, START + 61_000);
    expect(story.transitions.at(-1)).toEqual({
      id: `${story.fold.position}/a`,
      position: story.fold.position,
      systemId: 'a',
      fleet: 'rome',
      registration: 3,
      sequence: 2,
      from: 'online',
      to: 'offline',
      occurredAt: START + 61_000,
      decidedAt: START + 61_000,
      evidence: {
        lastSeen: START + 500,
        since: START + 500,
        ttlMs: TTL,
        proven: START + 61_000,
        openSince: START,
        openMs: 60_500,
        rule: 'contiguous',
        outages: [],
        hold: 'none',
        heldMs: 0,
      },
    });
  });

  it('G11 an online rests on a heartbeat: no rule, nothing held', () => {
    const story = listening();
    story.knock('i2', START);
    story.heartbeat('a', START + 500);
    expect(lastEvidence(story)).toMatchObject({ rule: null, lastSeen: START + 500, openMs: 0, outages: [], heldMs: 0 });
  });

  it('G11 the outages since the system was last seen are told, no older ones', () => {
    const story = listening();
    story.listen(START + 1_000, START + 2_000);
    story.knock('i1', START + 12_000);
    story.knock('i1', START + 13_000);
    story.heartbeat('a', START + 13_000);
    story.knock('i1', START + 20_000);
    story.listen(START + 21_000, START + 20_000 + TTL);
    expect(lastEvidence(story)?.outages).toEqual([
      { from: START + 13_000, to: START + 20_000, cause: 'not_heard', ingest: 'i1' },
    ]);
  });

  it('G11 an outage in which the system was last seen counts; one that ended then does not', () => {
    const story = listening();
    story.knock('i1', START + 1_000);
    story.heartbeat('a', START + 9_999);
    story.heartbeat('b', START + 10_000);
    story.knock('i1', START + 10_000);
    story.listen(START + 11_000, START + 10_000 + TTL);
    const outages = new Map(
      story.transitions.slice(2).map(({ systemId, evidence }) => [systemId, evidence.outages.length]),
    );
    expect([outages.get('a'), outages.get('b')]).toEqual([1, 0]);
  });

  it('G11 the newest outages are told, oldest first', () => {
    const story = listening();
    story.heartbeat('a', START);
    let at = START;
    for (let i = 0; i < EVIDENCE_OUTAGES_MAX + 3; i += 1) {
      at += 1_000;
      story.knock('i1', at);
      at += 10_000;
      story.knock('i1', at);
    }
    story.listen(at + 1_000, at + TTL);
    const outages = lastEvidence(story)?.outages ?? [];
    expect(outages).toHaveLength(EVIDENCE_OUTAGES_MAX);
    expect(outages.at(-1)?.to).toBe(at);
    expect(outages.map(({ from }) => from)).toEqual(outages.map(({ from }) => from).toSorted((a, b) => a - b));
    expect(outages).toEqual(story.fold.state().ledger.slice(-EVIDENCE_OUTAGES_MAX));
  });

  it('G11 open time is never counted below nothing, although a heartbeat may note more than was proven later', () => {
    const story = listening();
    story.knock('i2', START);
    story.listen(START + 1_000, START + 25_000);
    story.heartbeat('a', START + 25_000, { ttl_ms: 15_000 });
    story.knock('i2', START + 25_000);
    story.listen(START + 26_000, START + 40_000);
    story.knock('i2', START + 26_000, { goodbye: true });
    story.listen(START + 41_000, START + 60_000);
    expect(lastEvidence(story)).toMatchObject({ rule: 'contiguous' });
    expect(lastEvidence(story)?.openMs).toBe(0);
  });
});

describe('G11 how long a hold delayed the verdict', () => {
  const heldFleet = (): Timeline => {
    const story = listening();
    for (let i = 0; i < 10; i += 1) story.heartbeat(`s${i}`, START);
    story.listen(START + 1_000, START + TTL + 1_000);
    return story;
  };

  it('G11 under the hold: from its ttl until now', () => {
    const story = heldFleet();
    story.listen(START + TTL + 2_000, START + 2 * TTL);
    expect(lastEvidence(story)).toMatchObject({ hold: 'on', heldMs: TTL });
  });

  it('G11 after its release too', () => {
    const story = heldFleet();
    story.release(START + TTL + 1_000);
    story.knock('i1', START + TTL + 3_000);
    expect(lastEvidence(story)).toMatchObject({ hold: 'released', heldMs: 3_000 });
  });

  it('G11 a verdict due only after the hold ended was not delayed by it', () => {
    const story = heldFleet();
    story.heartbeat('later', START + TTL + 1_000);
    story.release(START + TTL + 1_500);
    story.listen(START + TTL + 2_300, START + 2 * TTL + 1_300);
    expect(story.transitions.at(-1)).toMatchObject({ systemId: 'later', evidence: { heldMs: 0 } });
  });

  it('G11 a hold that opens with the verdict did not delay it', () => {
    const story = listening();
    for (let i = 0; i < 10; i += 1) story.heartbeat(`s${i}`, START, { ttl_ms: 1_500 });
    const { events, transitions } = story.knock('i1', START + 3_000);
    expect(events).toMatchObject([{ event: 'fleet-silence-opened' }]);
    expect(transitions.map(({ evidence }) => evidence.heldMs)).toEqual(Array.from({ length: 10 }, () => 0));
  });
});
