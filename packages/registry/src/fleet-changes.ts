import { fleetKey, systemKey } from '@earshot/contracts';
import { versioned } from './change-job.ts';
import { decideChangeFleet } from './decide-change-fleet.ts';
import { decideCreateFleet } from './decide-create-fleet.ts';
import { decideRemoveFleet } from './decide-remove-fleet.ts';
import type { LogRegistryWriterOptions } from './writer-options.ts';
import type { RegistryWriter } from './registry-change.ts';
import { issueCredential } from './secrets.ts';
import type { SubmitChange } from './submit-change.ts';

type FleetChanges = Pick<RegistryWriter, 'createFleet' | 'changeFleet' | 'removeFleet'>;

/** The writer's changes of fleets. */
export const createFleetChanges = (writer: LogRegistryWriterOptions, submit: SubmitChange): FleetChanges => {
  const { entries, clock } = writer;
  return {
    createFleet: (fleet, options) => {
      const now = clock.wallNow();
      const credential = issueCredential(fleet.name, now);
      return submit({
        key: fleetKey(fleet.name),
        looksAt: [systemKey(fleet.name)],
        by: options?.by,
        decide: () => decideCreateFleet(entries, { fleet, credential: credential.entry, now }),
        answer: (made) => ({ fleet: versioned(made), credential: credential.issued }),
      });
    },
    changeFleet: (name, patch, options) => {
      const command = { name, patch, ifRevision: options?.ifRevision, now: clock.wallNow() };
      return submit({
        key: fleetKey(name),
        looksAt: [],
        by: options?.by,
        decide: () => decideChangeFleet(entries, command),
        answer: versioned,
      });
    },
    removeFleet: (name, options) =>
      submit({
        key: fleetKey(name),
        looksAt: null,
        by: options?.by,
        decide: () => decideRemoveFleet(entries, { name, ifRevision: options?.ifRevision }),
        answer: () => null,
      }),
  };
};
