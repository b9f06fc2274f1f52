import {
  encodePartitionEvent,
  encodeTransition,
  eventSource,
  type FleetEntry,
  fleetKey,
  type PartitionEvent,
  type SystemEntry,
  systemKey,
  type Transition,
} from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';

/** Builders of the records a catalog is filled from: they show only what matters to a test. */

export const AT = 1_750_000_000_000;
const SOURCE = eventSource('test-log', 0);

export const systemEntry = (systemId: string, members: Partial<SystemEntry> = {}): SystemEntry => ({
  type: 'system',
  system_id: systemId,
  fleet: 'default',
  name: '',
  tags: [],
  interval_ms: 600_000,
  ttl_ms: 1_500_000,
  paused: false,
  paused_until: null,
  retired: false,
  credentials: [],
  changed_at: AT,
  ...members,
});

export const fleetEntry = (name: string, members: Partial<FleetEntry> = {}): FleetEntry => ({
  type: 'fleet',
  name,
  interval_ms: 600_000,
  ttl_ms: 1_500_000,
  auto_register: true,
  max_systems: 100_000,
  covers_own: false,
  credentials: [],
  changed_at: AT,
  ...members,
});

export const registryRecord = (position: number, entry: SystemEntry | FleetEntry): LogRecord => ({
  position,
  appendedAt: AT,
  key: entry.type === 'system' ? systemKey(entry.system_id) : fleetKey(entry.name),
  value: JSON.stringify(entry),
});

export const transition = (systemId: string, members: Partial<Transition> = {}): Transition => {
  const position = members.position ?? 1;
  const to = members.to ?? 'online';
  return {
    id: `${position}/${systemId}`,
    position,
    systemId,
    fleet: 'default',
    registration: 1,
    sequence: 1,
    from: to === 'online' ? 'offline' : 'online',
    to,
    occurredAt: AT,
    decidedAt: AT,
    evidence: {
      lastSeen: AT - 1_500_000,
      since: AT - 1_500_000,
      ttlMs: 1_500_000,
      proven: AT,
      openSince: AT - 9_000_000,
      openMs: 1_500_000,
      rule: to === 'offline' ? 'contiguous' : null,
      outages: [],
      hold: 'none',
      heldMs: 0,
    },
    ...members,
  };
};

export const transitionRecord = (made: Transition): LogRecord => ({
  position: made.position,
  appendedAt: AT,
  key: made.systemId,
  value: encodeTransition(made, SOURCE),
});

export const eventRecord = (event: PartitionEvent): LogRecord => ({
  position: event.position,
  appendedAt: AT,
  key: event.id,
  value: encodePartitionEvent(event, SOURCE),
});

export const tombstone = (position: number, key: string): LogRecord => ({
  position,
  appendedAt: AT,
  key,
  value: null,
});
