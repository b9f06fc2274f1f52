import { type DurationMs, fleetKey, type SystemEntry, systemKey } from '@earshot/contracts';
import { type ChangeRequest, versioned } from './change-job.ts';
import { decideChangeSystem } from './decide-change-system.ts';
import { type CreateSystem, decideCreateSystem } from './decide-create-system.ts';
import { decideEnterSeenSystem } from './decide-enter-seen-system.ts';
import { decidePauseSystem, decideResumeSystem } from './decide-pause-system.ts';
import { decideRetireSystem } from './decide-retire-system.ts';
import { type Decision, refuse } from './decision.ts';
import type { LogRegistryWriterOptions } from './writer-options.ts';
import type { Authored, RegistryWriter } from './registry-change.ts';
import { answerWithin } from './registry-clock.ts';
import { issueCredential } from './secrets.ts';
import type { SubmitChange } from './submit-change.ts';

/** How long the projection may take to say whether it knows a system. */
const KNOWN_DEADLINE_MS: DurationMs = 5_000;

/** Decides a creation; asks liveness only where the registry alone cannot tell whether it is a repetition. */
const decideCreation = async (
  writer: LogRegistryWriterOptions,
  command: Omit<CreateSystem, 'isKnownToLiveness'>,
): Promise<Decision<SystemEntry>> => {
  const { entries, clock } = writer;
  const { systemId } = command.system;
  const known = entries.system(systemId);
  if (known === null || known.entry.retired)
    return decideCreateSystem(entries, { ...command, isKnownToLiveness: false });
  try {
    const isKnownToLiveness = await answerWithin(clock, KNOWN_DEADLINE_MS, writer.isKnownToLiveness(systemId));
    return decideCreateSystem(entries, { ...command, isKnownToLiveness });
  } catch (error) {
    writer.onError?.(error);
    return refuse('unavailable');
  }
};

type Registrations = Pick<RegistryWriter, 'createSystem' | 'enterSeenSystem'>;

/** The writer's ways for a system to come in. */
export const createRegistrations = (writer: LogRegistryWriterOptions, submit: SubmitChange): Registrations => {
  const { entries, clock } = writer;
  return {
    createSystem: (system, options) => {
      const now = clock.wallNow();
      const credential = issueCredential(system.systemId, now);
      return submit({
        key: systemKey(system.systemId),
        looksAt: [fleetKey(system.systemId), fleetKey(system.fleet)],
        by: options?.by,
        decide: () => decideCreation(writer, { system, credential: credential.entry, now }),
        answer: (made) => ({ system: versioned(made), credential: credential.issued }),
      });
    },
    enterSeenSystem: (seen, options) => {
      const command = { ...seen, now: clock.wallNow() };
      return submit({
        key: systemKey(seen.systemId),
        looksAt: [fleetKey(seen.fleet)],
        by: options?.by,
        decide: () => decideEnterSeenSystem(entries, command),
        answer: () => null,
      });
    },
  };
};

type SystemChanges = Pick<RegistryWriter, 'changeSystem' | 'retireSystem' | 'pauseSystem' | 'resumeSystem'>;

/** The writer's changes of systems that are there. */
export const createSystemChanges = (writer: LogRegistryWriterOptions, submit: SubmitChange): SystemChanges => {
  const { entries, clock } = writer;
  const request = (
    systemId: string,
    options: Authored | undefined,
    decide: () => Decision<SystemEntry>,
  ): Omit<ChangeRequest<SystemEntry, never>, 'answer'> => ({
    key: systemKey(systemId),
    looksAt: [],
    by: options?.by,
    decide,
  });
  return {
    changeSystem: (systemId, patch, options) => {
      const command = { systemId, patch, ifRevision: options?.ifRevision, now: clock.wallNow() };
      const looksAt = patch.fleet === undefined ? [] : [fleetKey(patch.fleet)];
      const change = request(systemId, options, () => decideChangeSystem(entries, command));
      return submit({ ...change, looksAt, answer: versioned });
    },
    retireSystem: (systemId, options) => {
      const command = { systemId, ifRevision: options?.ifRevision, now: clock.wallNow() };
      const change = request(systemId, options, () => decideRetireSystem(entries, command));
      return submit({ ...change, answer: () => null });
    },
    pauseSystem: (systemId, until, options) => {
      const command = { systemId, until, ifRevision: options?.ifRevision, now: clock.wallNow() };
      const change = request(systemId, options, () => decidePauseSystem(entries, command));
      return submit({ ...change, answer: versioned });
    },
    resumeSystem: (systemId, options) => {
      const command = { systemId, ifRevision: options?.ifRevision, now: clock.wallNow() };
      const change = request(systemId, options, () => decideResumeSystem(entries, command));
      return submit({ ...change, answer: versioned });
    },
  };
};
