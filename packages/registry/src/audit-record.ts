import type { EpochMs } from '@earshot/contracts';
import type { ChangeAction } from './decision.ts';

/** One change, as the audit topic has it: who changed what, when. Never a secret, nor its hash. */
export interface AuditRecord {
  readonly type: 'change';
  /** The writer's wall time. */
  readonly at: EpochMs;
  /** Empty if nobody was named. */
  readonly by: string;
  readonly action: ChangeAction;
  /** The registry key of what was changed. */
  readonly subject: string;
  /** The registry position of the entry as changed. */
  readonly revision: number;
}
