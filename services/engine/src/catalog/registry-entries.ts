import {
  decodeRegistryEntry,
  type DurationMs,
  type FleetEntry,
  fleetKey,
  REGISTRY_TOPIC,
  type RegistryEntry,
  tokenKey,
} from '@earshot/contracts';
import { RegistryError, type Versioned } from '@earshot/registry';
import type { Clock } from '@earshot/runtime';
import type { Catalog } from '../application/catalog.ts';
import type { Database, Row } from './database.ts';
import { parseCredentials, parseSystemEntry } from './parse-rows.ts';
import { integerOf, integerOrNullOf, misfit, textOf } from './row-values.ts';
import { LANE_NUMBERS } from './schema.ts';
import { readSourcePosition } from './sources.ts';
import { systemRow } from './system-rows.ts';

/** How long a change waits for the registry to be read up to its end; then it is refused, and may be repeated. */
const REACH_DEADLINE_MS: DurationMs = 5_000;

interface Waiting {
  readonly end: number;
  readonly resolve: () => void;
}

export interface CatalogRegistry {
  readonly entries: Catalog['registry'];
  /** Lets those go on who wait for what is in by now. */
  wake(): void;
}

const versioned = <T extends RegistryEntry['type']>(
  row: Row | null,
  type: T,
): Versioned<Extract<RegistryEntry, { type: T }>> | null => {
  if (row === null) return null;
  const decoded = decodeRegistryEntry(textOf(row, 'json'));
  if ('unreadable' in decoded || !isOf(decoded.value, type)) throw misfit('json', row['json']);
  return { entry: decoded.value, revision: integerOf(row, 'revision') };
};
const isOf = <T extends RegistryEntry['type']>(
  entry: RegistryEntry,
  type: T,
): entry is Extract<RegistryEntry, { type: T }> => entry.type === type;

/** Registry entries as they were read last. */
export const createCatalogRegistry = (database: Database, clock: Clock): CatalogRegistry => {
  const waiting = new Set<Waiting>();
  const reachedNow = (): number => readSourcePosition(database, REGISTRY_TOPIC, 0)?.position ?? 0;
  const entryRow = (key: string): Row | null => database.first('SELECT * FROM entry WHERE key = :key', { key });

  const reached = (end: number): Promise<void> =>
    new Promise((resolve, reject) => {
      if (reachedNow() >= end) {
        resolve();
        return;
      }
      const entered: Waiting = {
        end,
        resolve: () => {
          timer.cancel();
          waiting.delete(entered);
          resolve();
        },
      };
      const timer = clock.after(REACH_DEADLINE_MS, () => {
        waiting.delete(entered);
        reject(new RegistryError('EARSHOT_REGISTRY_BEHIND', `not read up to ${end} within ${REACH_DEADLINE_MS} ms`));
      });
      waiting.add(entered);
    });
  return {
    wake: () => {
      if (waiting.size === 0) return;
      const now = reachedNow();
      for (const entered of waiting) if (now >= entered.end) entered.resolve();
    },
    entries: {
      reached,
      system: (systemId) => {
        const row = systemRow(database, systemId);
        const revision = row === null ? null : integerOrNullOf(row, 'revision');
        return row === null || revision === null ? null : { entry: parseSystemEntry(row), revision };
      },
      fleet: (name) => versioned(entryRow(fleetKey(name)), 'fleet'),
      token: (sha256) => versioned(entryRow(tokenKey(sha256)), 'token')?.entry ?? null,
      hasSystems: (fleet) =>
        database.first('SELECT 1 FROM fleet WHERE name = :fleet AND systems > 0', { fleet }) !== null,
      systemCredentials: (systemId) => {
        const row = systemRow(database, systemId);
        return row === null || integerOf(row, 'lane') === LANE_NUMBERS.retired ? null : parseCredentials(row);
      },
      fleetsAfter: (name, limit) => {
        const rows = database.all('SELECT * FROM entry WHERE key > :after AND key < :end ORDER BY key LIMIT :limit', {
          after: fleetKey(name),
          end: FLEET_KEYS_END,
          limit,
        });
        return rows.flatMap((row): readonly Versioned<FleetEntry>[] => {
          const fleet = versioned(row, 'fleet');
          return fleet === null ? [] : [fleet];
        });
      },
    },
  };
};

/** Just beyond every key that begins `fleet/`: a name cannot be empty, and `0` follows `/`. */
const FLEET_KEYS_END = 'fleet0';
