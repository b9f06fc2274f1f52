import { faultValue, fleetKey } from '@earshot/contracts';
import { type Decision, refuse, refuseInvalid, type RegistryLookup } from './decision.ts';

export interface RemoveFleet {
  readonly name: string;
  readonly ifRevision?: number | undefined;
}

/** A fleet that no system belongs to any more is gone, with its credentials. */
export const decideRemoveFleet = (entries: RegistryLookup, command: RemoveFleet): Decision<null> => {
  const { name, ifRevision } = command;
  const known = entries.fleet(name);
  if (known === null) return refuse('not_found');
  if (ifRevision !== undefined && ifRevision !== known.revision) return refuse('changed_meanwhile');
  if (entries.hasSystems(name))
    return refuseInvalid([{ key: 'name', message: 'has_systems', value: faultValue(name) }]);
  return {
    decided: { action: 'fleet_removed', key: fleetKey(name), entry: null, standsAt: null, notice: null },
  };
};
