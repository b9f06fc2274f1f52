import {
  EVIDENCE_OUTAGES_MAX,
  type DurationMs,
  type EpochMs,
  type Outage,
  type PartitionEvent,
  type ReleaseRecord,
  type VerdictRule,
} from '@earshot/contracts';
import type { ReferencePartition, ReferenceSystem } from './reference-partition.ts';

/** Brings the system online: the heartbeat says so. */
export const bringOnline = (p: ReferencePartition, s: ReferenceSystem): void => change(p, s, null);

/** The verdict that the system is offline, by the rule that was met. */
export const bringOffline = (p: ReferencePartition, s: ReferenceSystem, rule: VerdictRule): void => change(p, s, rule);

const change = (p: ReferencePartition, s: ReferenceSystem, rule: VerdictRule | null): void => {
  const from = s.state;
  const to = rule === null ? 'online' : 'offline';
  s.state = to;
  s.sequence += 1;
  // In log order: those from before the clock was set back may lie in what is future again.
  const seenIndex = p.ledger.findLastIndex((outage) => outage.to <= (s.lastSeen ?? -1));
  const outages = rule === null ? [] : p.ledger.slice(1 + seenIndex);
  p.transitions.push({
    id: `${p.position}/${s.systemId}`,
    position: p.position,
    systemId: s.systemId,
    fleet: s.fleet,
    registration: s.registration,
    sequence: s.sequence,
    from,
    to,
    occurredAt: to === 'online' ? p.now : p.proven,
    decidedAt: p.now,
    evidence: {
      lastSeen: s.lastSeen,
      since: s.since,
      ttlMs: s.ttlMs,
      proven: p.proven,
      openSince: p.openSince,
      openMs: Math.max(0, p.open - s.openAt), // openAt may be ahead of what is proven
      rule,
      outages: outages.slice(-EVIDENCE_OUTAGES_MAX).map((outage) => ({ ...outage })),
      hold: p.hold,
      heldMs: rule === null ? 0 : heldFor(p, s),
    },
  });
};

/** Of the time since the system would have been due without a hold, that in which the newest hold was on. */
const heldFor = (p: ReferencePartition, s: ReferenceSystem): DurationMs => {
  if (p.holdOpenedAt === null) return 0;
  const dueAt = Math.max(s.since, p.openSince) + s.ttlMs;
  return Math.max(0, Math.min(p.proven, p.holdClosedAt ?? p.proven) - Math.max(dueAt, p.holdOpenedAt));
};

export const tellOutage = (p: ReferencePartition, outage: Outage): void => {
  p.events.push({ event: 'outage-recorded', ...eventBase(p, 'outage-recorded'), outage });
};

export const tellSilenceOpened = (p: ReferencePartition, late: number, listed: number): void => {
  p.events.push({ event: 'fleet-silence-opened', ...eventBase(p, 'fleet-silence-opened'), late, listed });
};

export const tellSilenceRecovered = (p: ReferencePartition): void => {
  const told = { reason: 'recovered', by: '', note: '' } as const;
  p.events.push({ event: 'fleet-silence-closed', ...eventBase(p, 'fleet-silence-closed'), ...told });
};

export const tellSilenceReleased = (p: ReferencePartition, r: ReleaseRecord): void => {
  const told = { reason: 'operator', by: r.by ?? '', note: r.reason ?? '' } as const;
  p.events.push({ event: 'fleet-silence-closed', ...eventBase(p, 'fleet-silence-closed'), ...told });
};

interface EventBase {
  readonly id: string;
  readonly position: number;
  readonly at: EpochMs;
}

const eventBase = (p: ReferencePartition, event: PartitionEvent['event']): EventBase => ({
  id: `${p.number}/${p.position}/${event}`,
  position: p.position,
  at: p.now,
});
