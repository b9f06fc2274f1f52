import type { EpochMs } from '@earshot/contracts';
import type { FleetChange } from '../application/change-fleet.ts';
import type { SystemChange } from '../application/change-system.ts';
import type { FleetCreation } from '../application/create-fleet.ts';
import type { SystemCreation } from '../application/create-system.ts';
import { parseInstant } from './instants.ts';

/** Bodies that their schema accepted, as use cases take them. */

const MS_PER_SECOND = 1_000;

const toMs = <T extends number | null | undefined>(seconds: T): T =>
  (typeof seconds === 'number' ? seconds * MS_PER_SECOND : seconds) as T;

/** Without members that were not sent: their absence means something. */
const sent = <T extends object>(members: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>;
  };

interface NewSystemBody {
  readonly system_id: string;
  readonly fleet?: string;
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly interval_seconds?: number;
  readonly ttl_seconds?: number;
}
export const parseNewSystem = (body: unknown): SystemCreation => {
  const { system_id: systemId, fleet, name, tags, ...timing } = body as NewSystemBody;
  return sent({
    systemId,
    fleet,
    name,
    tags,
    intervalMs: toMs(timing.interval_seconds),
    ttlMs: toMs(timing.ttl_seconds),
  }) as SystemCreation;
};

interface SystemPatchBody {
  readonly fleet?: string;
  readonly name?: string | null;
  readonly tags?: readonly string[] | null;
  readonly interval_seconds?: number | null;
  readonly ttl_seconds?: number | null;
}
export const parseSystemPatch = (body: unknown): SystemChange => {
  const { fleet, name, tags, ...timing } = body as SystemPatchBody;
  return sent({
    fleet,
    name,
    tags,
    intervalMs: toMs(timing.interval_seconds),
    ttlMs: toMs(timing.ttl_seconds),
  }) as SystemChange;
};

interface NewFleetBody {
  readonly name: string;
  readonly interval_seconds?: number;
  readonly ttl_seconds?: number;
  readonly auto_register?: boolean;
  readonly max_systems?: number;
  readonly covers_own?: boolean;
}
export const parseNewFleet = (body: unknown): FleetCreation => {
  const { name, ...settings } = body as NewFleetBody;
  return { ...(parseFleetPatch(settings) as Omit<FleetCreation, 'name'>), name };
};

type FleetPatchBody = { readonly [K in keyof Omit<NewFleetBody, 'name'>]: NewFleetBody[K] | null };
export const parseFleetPatch = (body: unknown): FleetChange => {
  const settings = body as FleetPatchBody;
  return sent({
    intervalMs: toMs(settings.interval_seconds),
    ttlMs: toMs(settings.ttl_seconds),
    autoRegister: settings.auto_register,
    systemsMax: settings.max_systems,
    coversOwn: settings.covers_own,
  }) as FleetChange;
};

export const parsePause = (body: unknown): { readonly until: EpochMs | null; readonly text: string } => {
  const { until } = body as { readonly until?: string | null };
  return { until: typeof until === 'string' ? parseInstant(until) : null, text: until ?? '' };
};
