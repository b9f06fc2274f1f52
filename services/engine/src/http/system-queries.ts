import type { EngineContext } from '../application/engine-context.ts';
import { findSystem } from '../application/find-system.ts';
import { listSystems, type SystemsQuery } from '../application/list-systems.ts';
import { FLAGS, LANES, SYSTEM_SORTS, type SystemOrder } from '../domain/system-query.ts';
import { type Answer, found, invalid, NOT_FOUND } from './answer.ts';
import { cursorPlace, type ListIdentity, nextCursor, rowKeyOf, rowPlace } from './cursor.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { query } from './endpoint.ts';
import { etagOf } from './etag.ts';
import { choices, identifiers, limitOf, type QueryParameters, single } from './query-parameters.ts';
import { stampOf } from './stamp.ts';

const PARAMETERS = ['state', 'fleet', 'tag', 'q', 'system_id', 'sort', 'limit', 'cursor'] as const;
const SORT_TEXTS: readonly string[] = SYSTEM_SORTS.flatMap((sort) => [sort, `-${sort}`]);

const orderOf = (parameters: QueryParameters): SystemOrder => {
  const text = single(parameters, 'sort') ?? 'system_id';
  if (!SORT_TEXTS.includes(text)) parameters.faults.push({ key: 'sort', message: 'not_allowed', value: text });
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  return { sort: SYSTEM_SORTS.find((sort) => sort === name) ?? 'system_id', descending };
};

interface AskedSystems {
  readonly list: ListIdentity;
  readonly query: SystemsQuery;
}

const readQuery = (context: EngineContext, parameters: QueryParameters): AskedSystems => {
  const states = choices(parameters, 'state', [...LANES, ...FLAGS]);
  const filter = {
    lanes: LANES.filter((lane) => states.includes(lane)),
    flags: FLAGS.filter((flag) => states.includes(flag)),
    fleets: identifiers(parameters, 'fleet'),
    tags: identifiers(parameters, 'tag'),
    prefix: single(parameters, 'q') ?? '',
    systemIds: identifiers(parameters, 'system_id'),
    order: orderOf(parameters),
  };
  const list = ['systems', filter];
  const after = rowKeyOf(cursorPlace(parameters, list), {
    catalog: context.catalog.identity(),
    descending: filter.order.descending,
  });
  return { list, query: { ...filter, after, limit: limitOf(parameters) } };
};

const list = async (context: EngineContext, { query: parameters }: Call): Promise<Answer> => {
  const asked = readQuery(context, parameters);
  if (parameters.faults.length > 0) return invalid(parameters.faults);
  const page = await listSystems(context, asked.query);
  const next = page.next === null ? null : rowPlace(page.next, context.catalog.identity());
  return found({
    systems: page.systems,
    next_cursor: nextCursor(asked.list, next),
    ...stampOf(context, page.projection),
  });
};

const get = async (context: EngineContext, { params }: Call): Promise<Answer> => {
  const one = await findSystem(context, params['id'] ?? '');
  if (one === null) return NOT_FOUND;
  const { system, transitions, revision, projection } = one;
  return found({ system, transitions, ...stampOf(context, projection) }, etagOf(revision));
};

/** `GET /api/systems`. */
export const listSystemsEndpoint = (context: EngineContext): Endpoint =>
  query(PARAMETERS, (call) => list(context, call));

/** `GET /api/systems/{id}`. */
export const getSystemEndpoint = (context: EngineContext): Endpoint => query([], (call) => get(context, call));
