import { choiceOf, IDENTIFIER } from '../answer-fragments.ts';
import type { JsonSchema } from '../schemas.ts';

/** A Parameter Object. */
export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
}

const LIMIT_MAX = 500;
const LIMIT_DEFAULT = 50;
/** Values one parameter may be repeated with. */
const VALUES_MAX = 100;

const path = (name: string, description: string): ParameterObject => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: IDENTIFIER,
});

const query = (name: string, description: string, schema: JsonSchema): ParameterObject => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});

/** May be given several times. */
const repeated = (name: string, description: string, items: JsonSchema): ParameterObject =>
  query(name, description, { type: 'array', maxItems: VALUES_MAX, items });

/** As it may be asked for: seconds, up to nanoseconds, in UTC or with an offset. */
const ASKED_INSTANT: JsonSchema = { type: 'string', format: 'date-time' };

const SORTS = ['system_id', 'last_seen', 'state_since', 'offline_at'] as const;

type ParameterName =
  | 'SystemIdInPath'
  | 'FleetInPath'
  | 'CredentialInPath'
  | 'IfMatch'
  | 'Limit'
  | 'Cursor'
  | 'State'
  | 'Fleet'
  | 'Tag'
  | 'Prefix'
  | 'SystemId'
  | 'Sort'
  | 'To'
  | 'From'
  | 'Until'
  | 'Partition';

/** Parameters by the name under which the document has them. */
export const PARAMETERS: Readonly<Record<ParameterName, ParameterObject>> = {
  SystemIdInPath: path('system_id', 'Percent-encoded, also / as %2F.'),
  FleetInPath: path('name', 'Percent-encoded, also / as %2F.'),
  CredentialInPath: path('id', 'As the list of credentials has it.'),
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The change is made only if the entry still has one of these ETags, else 412.',
    schema: { type: 'string' },
  },
  Limit: query('limit', 'Entries wanted.', {
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
  }),
  Cursor: query('cursor', 'The next_cursor of the page before, of this very list.', { type: 'string' }),
  State: repeated(
    'state',
    'In one of these states. Without it all but the retired.',
    choiceOf('unseen', 'online', 'offline', 'retired', 'late', 'held', 'paused'),
  ),
  Fleet: repeated('fleet', 'Of one of these fleets.', IDENTIFIER),
  Tag: repeated('tag', 'With all of these tags.', { ...IDENTIFIER, examples: ['site:rome'] }),
  Prefix: query('q', 'Ids or names that begin with it.', { type: 'string' }),
  SystemId: repeated('system_id', 'One of these systems.', IDENTIFIER),
  Sort: query('sort', 'Order; - in front descends. Systems without a value come last.', {
    ...choiceOf(...SORTS, ...SORTS.map((sort) => `-${sort}`)),
    default: 'system_id',
  }),
  To: repeated('to', 'What the system became.', choiceOf('online', 'offline')),
  From: query('from', 'Not before this instant.', ASKED_INSTANT),
  Until: query('until', 'Before this instant.', ASKED_INSTANT),
  Partition: repeated('partition', 'Of one of these partitions.', { type: 'integer', minimum: 0 }),
};
