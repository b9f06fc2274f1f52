import {
  type CredentialEntry,
  decodeRegistryEntry,
  type FleetEntry,
  fleetKey,
  type RegistryEntry,
  type SystemEntry,
  systemKey,
} from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import type { RegistryLookup } from '../decision.ts';
import type { Versioned } from '../registry-change.ts';
import { hashSecret } from '../secrets.ts';

export const NOW = 1_753_093_500_000;

export const credentialEntry = (id: string, secret = `secret-of-${id}`): CredentialEntry => ({
  id,
  sha256: hashSecret(secret),
  created_at: NOW,
});

export const systemEntry = (systemId: string, members: Partial<SystemEntry> = {}): SystemEntry => ({
  type: 'system',
  system_id: systemId,
  fleet: 'lifts',
  name: '',
  tags: [],
  interval_ms: 600_000,
  ttl_ms: 1_500_000,
  paused: false,
  paused_until: null,
  retired: false,
  credentials: [],
  changed_at: NOW,
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
  changed_at: NOW,
  ...members,
});

/** The record of an entry as the registry topic has it. */
export const recordOf = (position: number, entry: SystemEntry | FleetEntry): LogRecord => ({
  position,
  appendedAt: NOW,
  key: entry.type === 'system' ? systemKey(entry.system_id) : fleetKey(entry.name),
  value: JSON.stringify(entry),
});

export const tombstone = (position: number, key: string): LogRecord => ({
  position,
  appendedAt: NOW,
  key,
  value: null,
});

/** Whole entries, as the engine's catalog keeps them: newest value per key. */
export interface EntryTable extends RegistryLookup {
  apply(records: readonly LogRecord[]): void;
}

export const createEntryTable = (): EntryTable => {
  const entries = new Map<string, Versioned<RegistryEntry>>();
  const find = (key: string): Versioned<RegistryEntry> | null => entries.get(key) ?? null;
  return {
    apply: (records) => {
      for (const { key, value, position } of records) {
        const decoded = value === null ? null : decodeRegistryEntry(value);
        if (decoded === null) entries.delete(key ?? '');
        else if ('value' in decoded) entries.set(key ?? '', { entry: decoded.value, revision: position });
      }
    },
    system: (systemId) => find(systemKey(systemId)) as Versioned<SystemEntry> | null,
    fleet: (name) => find(fleetKey(name)) as Versioned<FleetEntry> | null,
    hasSystems: (fleet) =>
      [...entries.values()].some(({ entry }) => entry.type === 'system' && entry.fleet === fleet && !entry.retired),
  };
};

/** Entries at positions 0, 1, 2 … in the order given. */
export const lookupOf = (...entries: readonly (SystemEntry | FleetEntry)[]): RegistryLookup => {
  const table = createEntryTable();
  table.apply(entries.map((entry, position) => recordOf(position, entry)));
  return table;
};
