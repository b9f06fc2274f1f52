import { fleetKey, systemKey } from '@earshot/contracts';
import { decideAddCredential, decideRevokeCredential, ownerKey, ownerUsername } from './decide-credentials.ts';
import type { LogRegistryWriterOptions } from './writer-options.ts';
import type { CredentialOwnerName, RegistryWriter } from './registry-change.ts';
import { issueCredential } from './secrets.ts';
import type { SubmitChange } from './submit-change.ts';

type CredentialChanges = Pick<RegistryWriter, 'addCredential' | 'revokeCredential'>;

/** Whoever of the other kind could have the same username. */
const rivalKey = (owner: CredentialOwnerName): string =>
  owner.kind === 'fleet' ? systemKey(owner.name) : fleetKey(owner.systemId);

/** The writer's changes of credentials. */
export const createCredentialChanges = (writer: LogRegistryWriterOptions, submit: SubmitChange): CredentialChanges => {
  const { entries, clock } = writer;
  return {
    addCredential: (owner, options) => {
      const now = clock.wallNow();
      const credential = issueCredential(ownerUsername(owner), now);
      return submit({
        key: ownerKey(owner),
        looksAt: [rivalKey(owner)],
        by: options?.by,
        decide: () => decideAddCredential(entries, { owner, credential: credential.entry, now }),
        answer: () => credential.issued,
      });
    },
    revokeCredential: (owner, credentialId, options) => {
      const command = { owner, credentialId, now: clock.wallNow() };
      return submit({
        key: ownerKey(owner),
        looksAt: [],
        by: options?.by,
        decide: () => decideRevokeCredential(entries, command),
        answer: () => null,
      });
    },
  };
};
