import type { JsonSchema } from './schemas.ts';

/** JSON Schema (draft 7) of the audit topic's records: who changed what, when. Never a secret, nor its hash. */
export const AUDIT_SCHEMA: JsonSchema = {
  $id: 'https://earshot.io/schemas/audit.v1.json',
  title: 'change',
  type: 'object',
  required: ['type', 'at', 'by', 'action', 'subject', 'revision'],
  properties: {
    type: { const: 'change' },
    at: { type: 'integer', description: 'The writer’s wall time, ms since the Unix epoch.' },
    by: { type: 'string', maxLength: 255, description: 'Empty if nobody was named.' },
    action: {
      enum: [
        'fleet_created',
        'fleet_changed',
        'fleet_removed',
        'system_created',
        'system_changed',
        'system_retired',
        'system_paused',
        'system_resumed',
        'system_entered',
        'credential_added',
        'credential_revoked',
      ],
    },
    subject: { type: 'string', maxLength: 300, description: 'The registry key of what was changed.' },
    revision: { type: 'integer', minimum: 0, description: 'Registry position of the entry as changed.' },
  },
};
