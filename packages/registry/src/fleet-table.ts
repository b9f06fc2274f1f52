import type { FleetEntry } from '@earshot/contracts';
import { storedCredential } from './packed-credentials.ts';
import type { FleetSettings, StoredCredential } from './registry-view.ts';

interface Entered {
  readonly settings: Omit<FleetSettings, 'name' | 'systems'>;
  readonly credentials: readonly StoredCredential[];
}

/** A name that systems or an entry refer to: systems may stand in the log before their fleet does. */
interface Slot {
  readonly name: string;
  entered: Entered | null;
  /** Systems that name this fleet. */
  members: number;
  /** Those of them that are not retired. */
  systems: number;
}

/** Fleets by name, and by a small number under which a million systems can name theirs. */
export interface FleetTable {
  /** One more system names this fleet; answers the fleet's number, valid until as many have left. */
  join(name: string, retired: boolean): number;
  leave(index: number, retired: boolean): void;
  nameOf(index: number): string;
  /** An entry older than the one known changes nothing. */
  set(entry: FleetEntry, revision: number): void;
  remove(name: string, position: number): void;
  settings(name: string): FleetSettings | null;
  credentials(name: string): readonly StoredCredential[];
}

const enteredOf = (entry: FleetEntry, revision: number): Entered => ({
  settings: {
    ttlMs: entry.ttl_ms,
    revision,
    autoRegister: entry.auto_register,
    systemsMax: entry.max_systems,
    coversOwn: entry.covers_own,
  },
  credentials: entry.credentials.map(storedCredential),
});

export const createFleetTable = (): FleetTable => {
  const indexes = new Map<string, number>();
  const slots: (Slot | undefined)[] = [];
  const free: number[] = [];

  const slotAt = (index: number | undefined): Slot | undefined => (index === undefined ? undefined : slots[index]);
  const slotOf = (name: string): Slot | undefined => slotAt(indexes.get(name));
  const claim = (name: string): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    const index = free.pop() ?? slots.length;
    slots[index] = { name, entered: null, members: 0, systems: 0 };
    indexes.set(name, index);
    return index;
  };
  const freeIfUnused = (index: number, slot: Slot): void => {
    if (slot.members > 0 || slot.entered !== null) return;
    indexes.delete(slot.name);
    slots[index] = undefined;
    free.push(index);
  };
  const count = (index: number, step: 1 | -1, retired: boolean): void => {
    const slot = slotAt(index);
    if (slot === undefined) return;
    slot.members += step;
    if (!retired) slot.systems += step;
    freeIfUnused(index, slot);
  };
  const isOlder = (slot: Slot | undefined, position: number): boolean =>
    (slot?.entered?.settings.revision ?? -1) > position;

  return {
    join: (name, retired) => {
      const index = claim(name);
      count(index, 1, retired);
      return index;
    },
    leave: (index, retired) => count(index, -1, retired),
    nameOf: (index) => slotAt(index)?.name ?? '',
    set: (entry, revision) => {
      const slot = slotAt(claim(entry.name));
      if (slot !== undefined && !isOlder(slot, revision)) slot.entered = enteredOf(entry, revision);
    },
    remove: (name, position) => {
      const index = indexes.get(name);
      const slot = slotAt(index);
      if (index === undefined || slot === undefined || isOlder(slot, position)) return;
      slot.entered = null;
      freeIfUnused(index, slot);
    },
    settings: (name) => {
      const slot = slotOf(name);
      return slot?.entered ? { name, ...slot.entered.settings, systems: slot.systems } : null;
    },
    credentials: (name) => slotOf(name)?.entered?.credentials ?? [],
  };
};
