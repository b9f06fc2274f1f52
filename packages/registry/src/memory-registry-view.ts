import {
  type Decoded,
  decodeRegistryEntry,
  LOG_KEY,
  type RegistryEntry,
  type UnreadableReason,
} from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import { createFleetTable, type FleetTable } from './fleet-table.ts';
import type { CredentialOwner, RegistryView } from './registry-view.ts';
import { createSystemTable, type SystemTable } from './system-table.ts';

/** The registry as far as it has been given to `apply`. */
export interface MemoryRegistryView extends RegistryView {
  /**
   * Takes in records of the registry topic, in order. Tombstones remove. What cannot be read is counted, told and
   * skipped: what was known of its key stays. Records given twice, or older than what is known of their key, change
   * nothing. Never throws.
   */
  apply(records: readonly LogRecord[]): void;
  /** The id of the log; null before its entry was seen. */
  logId(): string | null;
  /** Records skipped, by reason. */
  unreadable(): Readonly<Record<UnreadableReason, number>>;
}

export interface MemoryRegistryViewOptions {
  readonly onUnreadable?: (reason: UnreadableReason, record: LogRecord) => void;
}

const SYSTEM_PREFIX = 'system/';
const FLEET_PREFIX = 'fleet/';
const TOKEN_PREFIX = 'token/';

/** A value that says another kind or name than its key does is nobody's. */
const decodeFor = <T extends RegistryEntry['type']>(
  type: T,
  value: string,
  isNamed: (entry: Extract<RegistryEntry, { type: T }>) => boolean,
): Decoded<Extract<RegistryEntry, { type: T }>> => {
  const decoded = decodeRegistryEntry(value);
  if ('unreadable' in decoded) return decoded;
  return isOfType(decoded.value, type) && isNamed(decoded.value) ? { value: decoded.value } : { unreadable: 'schema' };
};

const isOfType = <T extends RegistryEntry['type']>(
  entry: RegistryEntry,
  type: T,
): entry is Extract<RegistryEntry, { type: T }> => entry.type === type;

/**
 * Whoever of a system and a fleet of the same name owns the username: the one whose record stands first in the log.
 * This depends on the table alone, so that every reader, early or late, says the same; the writer lets no such pair
 * come about.
 */
const ownerOf = (systems: SystemTable, fleets: FleetTable, username: string): CredentialOwner | null => {
  const system = systems.settings(username);
  const owningSystem = system !== null && system.hasOwnCredentials ? system : null;
  const fleetCredentials = fleets.credentials(username);
  const fleet = fleetCredentials.length > 0 ? fleets.settings(username) : null;
  if (fleet !== null && (owningSystem === null || fleet.revision < owningSystem.revision)) {
    return { kind: 'fleet', fleet, credentials: fleetCredentials };
  }
  return owningSystem && { kind: 'system', system: owningSystem, credentials: systems.credentials(username) };
};

/**
 * The registry in compact memory: of a system only what the ingest asks for, about 115 bytes with an id of 36
 * characters and 65 more with a credential of its own. Names are keys of maps, never of objects, so none is special.
 */
export const createMemoryRegistryView = (options: MemoryRegistryViewOptions = {}): MemoryRegistryView => {
  const fleets = createFleetTable();
  const systems = createSystemTable(fleets);
  const unreadable: Record<UnreadableReason, number> = { not_json: 0, unknown_type: 0, schema: 0, no_key: 0 };
  let logId: string | null = null;

  const applySystem = (systemId: string, { position, value }: LogRecord): UnreadableReason | null => {
    if (value === null) {
      systems.remove(systemId, position);
      return null;
    }
    const decoded = decodeFor('system', value, (entry) => entry.system_id === systemId);
    if ('unreadable' in decoded) return decoded.unreadable;
    systems.set(decoded.value, position);
    return null;
  };
  const applyFleet = (name: string, { position, value }: LogRecord): UnreadableReason | null => {
    if (value === null) {
      fleets.remove(name, position);
      return null;
    }
    const decoded = decodeFor('fleet', value, (entry) => entry.name === name);
    if ('unreadable' in decoded) return decoded.unreadable;
    fleets.set(decoded.value, position);
    return null;
  };
  const applyLog = ({ value }: LogRecord): UnreadableReason | null => {
    const decoded = value === null ? null : decodeFor('log', value, () => true);
    if (decoded !== null && 'unreadable' in decoded) return decoded.unreadable;
    logId = decoded?.value.id ?? null;
    return null;
  };
  const applyOne = (record: LogRecord): UnreadableReason | null => {
    const { key } = record;
    if (key === null) return 'no_key';
    if (key.startsWith(SYSTEM_PREFIX)) return applySystem(key.slice(SYSTEM_PREFIX.length), record);
    if (key.startsWith(FLEET_PREFIX)) return applyFleet(key.slice(FLEET_PREFIX.length), record);
    if (key === LOG_KEY) return applyLog(record);
    return key.startsWith(TOKEN_PREFIX) ? null : 'unknown_type';
  };
  return {
    apply: (records) => {
      for (const record of records) {
        const reason = applyOne(record);
        if (reason === null) continue;
        unreadable[reason] += 1;
        options.onUnreadable?.(reason, record);
      }
    },
    owner: (username) => ownerOf(systems, fleets, username),
    system: (systemId) => systems.settings(systemId),
    fleet: (name) => fleets.settings(name),
    logId: () => logId,
    unreadable: () => ({ ...unreadable }),
  };
};
