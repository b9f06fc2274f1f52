import { AUDIT_SCHEMA } from '@earshot/contracts';
import { expect, it } from 'vitest';
import type { AuditRecord } from './audit-record.ts';
import type { ChangeAction } from './decision.ts';

/** The compiler sees that none is missing. */
const ACTIONS: Readonly<Record<ChangeAction, true>> = {
  fleet_created: true,
  fleet_changed: true,
  fleet_removed: true,
  system_created: true,
  system_changed: true,
  system_retired: true,
  system_paused: true,
  system_resumed: true,
  system_entered: true,
  credential_added: true,
  credential_revoked: true,
};
const RECORD: AuditRecord = {
  type: 'change',
  at: 1_795_447_028_099,
  by: 'operator',
  action: 'system_paused',
  subject: 'system/pump-7',
  revision: 18,
};

it('the published schema of audit records has exactly their members and actions', () => {
  const properties = AUDIT_SCHEMA['properties'] as { readonly action: { readonly enum: readonly string[] } };
  expect(Object.keys(properties)).toEqual(Object.keys(RECORD));
  expect(AUDIT_SCHEMA['required']).toEqual(Object.keys(RECORD));
  expect(new Set(properties.action.enum)).toEqual(new Set(Object.keys(ACTIONS)));
});
