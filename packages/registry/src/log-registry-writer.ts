import { createChangeQueue } from './change-queue.ts';
import { createCredentialChanges } from './credential-changes.ts';
import { createFleetChanges } from './fleet-changes.ts';
import { createChangeMaker } from './make-changes.ts';
import type { RegistryWriter } from './registry-change.ts';
import { createSubmitChange } from './submit-change.ts';
import { createRegistrations, createSystemChanges } from './system-changes.ts';
import type { LogRegistryWriterOptions } from './writer-options.ts';

export interface LogRegistryWriter extends RegistryWriter {
  /** Takes no more changes; resolves when those taken are answered. Twice is fine. */
  stop(): Promise<void>;
}

/**
 * The registry's writer over the log. Changes are made in the order they were asked for; those that came while others
 * were under way and do not touch each other share the log's round trips. Over QUEUED_CHANGES_MAX waiting changes the
 * next is `unavailable`.
 */
export const createLogRegistryWriter = (options: LogRegistryWriterOptions): LogRegistryWriter => {
  const queue = createChangeQueue(createChangeMaker(options));
  const submit = createSubmitChange(queue, options.isWriter);
  return {
    ...createFleetChanges(options, submit),
    ...createRegistrations(options, submit),
    ...createSystemChanges(options, submit),
    ...createCredentialChanges(options, submit),
    stop: () => queue.close(),
  };
};
