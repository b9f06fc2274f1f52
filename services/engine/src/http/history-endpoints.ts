import type { EngineContext } from '../application/engine-context.ts';
import { type IncidentRank, listIncidents } from '../application/list-incidents.ts';
import { listOutages } from '../application/list-outages.ts';
import { summarize } from '../application/summarize.ts';
import { type Answer, found, invalid } from './answer.ts';
import { type CursorPlace, cursorPlace, type ListIdentity, nextCursor, rowKeyOf, rowPlace } from './cursor.ts';
import type { Call } from './endpoint.ts';
import { choices, identifiers, instant, limitOf, numbersBelow, type QueryParameters } from './query-parameters.ts';
import { stampOf } from './stamp.ts';

export const TRANSITION_PARAMETERS = ['system_id', 'to', 'from', 'until', 'limit', 'cursor'] as const;
export const OUTAGE_PARAMETERS = ['partition', 'from', 'until', 'limit', 'cursor'] as const;
export const INCIDENT_PARAMETERS = ['limit', 'cursor'] as const;

const INCIDENTS: ListIdentity = ['incidents'];

export const getSummary = (context: EngineContext): Answer => found({ ...summarize(context), ...stampOf(context) });

/** Where a list that is sorted newest first goes on. */
const newestFirstAfter = (context: EngineContext, parameters: QueryParameters, list: ListIdentity) =>
  rowKeyOf(cursorPlace(parameters, list), { catalog: context.catalog.identity(), descending: true });

export const getTransitions = (context: EngineContext, { query }: Call): Answer => {
  const filter = {
    systemIds: identifiers(query, 'system_id'),
    to: choices(query, 'to', ['online', 'offline']),
    from: instant(query, 'from'),
    until: instant(query, 'until'),
  };
  const list = ['transitions', filter];
  const scan = { ...filter, after: newestFirstAfter(context, query, list), limit: limitOf(query) };
  if (query.faults.length > 0) return invalid(query.faults);
  const { rows, next } = context.catalog.history.transitions(scan);
  const place = next === null ? null : rowPlace(next, context.catalog.identity());
  return found({ transitions: rows, next_cursor: nextCursor(list, place), ...stampOf(context) });
};

export const getOutages = (context: EngineContext, { query }: Call): Answer => {
  const filter = {
    partitions: numbersBelow(query, 'partition', context.partitions),
    from: instant(query, 'from'),
    until: instant(query, 'until'),
  };
  const list = ['outages', filter];
  const scan = { ...filter, after: newestFirstAfter(context, query, list), limit: limitOf(query) };
  if (query.faults.length > 0) return invalid(query.faults);
  const { rows, next } = listOutages(context, scan);
  const place = next === null ? null : rowPlace(next, context.catalog.identity());
  return found({ outages: rows, next_cursor: nextCursor(list, place), ...stampOf(context) });
};

const rankOf = (place: CursorPlace | null): IncidentRank | null => {
  const [group, openedAt, name] = place ?? [];
  return typeof group === 'number' && typeof openedAt === 'string' && typeof name === 'string'
    ? [group, openedAt, name]
    : null;
};

export const getIncidents = (context: EngineContext, { query }: Call): Answer => {
  const after = rankOf(cursorPlace(query, INCIDENTS));
  const limit = limitOf(query);
  if (query.faults.length > 0) return invalid(query.faults);
  const { incidents, next } = listIncidents(context, { after, limit });
  return found({ incidents, next_cursor: nextCursor(INCIDENTS, next), ...stampOf(context) });
};
