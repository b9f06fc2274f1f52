import { changeFleet } from '../application/change-fleet.ts';
import { createFleet } from '../application/create-fleet.ts';
import type { EngineContext } from '../application/engine-context.ts';
import { findFleet, listFleets } from '../application/list-fleets.ts';
import { removeFleet } from '../application/remove-fleet.ts';
import { type Answer, answerOutcome, changed, created, found, invalid, NOT_FOUND } from './answer.ts';
import { cursorPlace, nextCursor } from './cursor.ts';
import type { Call } from './endpoint.ts';
import { etagOf } from './etag.ts';
import { parseFleetPatch, parseNewFleet } from './parse-bodies.ts';
import { limitOf } from './query-parameters.ts';
import { stampOf } from './stamp.ts';

const LIST = ['fleets'];

const target = ({ params, change }: Call) => ({ ...change, name: params['name'] ?? '' });

/** The path of a fleet, whatever its name looks like. */
export const fleetPath = (name: string): string => `/api/fleets/${encodeURIComponent(name)}`;

export const getFleets = (context: EngineContext, { query }: Call): Answer => {
  const [after] = cursorPlace(query, LIST) ?? [''];
  const limit = limitOf(query);
  if (query.faults.length > 0) return invalid(query.faults);
  const { fleets, next } = listFleets(context, { after: String(after), limit });
  return found({ fleets, next_cursor: nextCursor(LIST, next === null ? null : [next]), ...stampOf(context) });
};

export const getFleet = (context: EngineContext, { params }: Call): Answer => {
  const one = findFleet(context, params['name'] ?? '');
  return one === null ? NOT_FOUND : found({ fleet: one.fleet, ...stampOf(context) }, etagOf(one.revision));
};

export const postFleet = async (context: EngineContext, { body, change }: Call): Promise<Answer> =>
  answerOutcome(await createFleet(context, parseNewFleet(body), change), ({ fleet, revision, credential }) =>
    created(fleetPath(fleet.name), { fleet, credential }, etagOf(revision)),
  );

export const patchFleet = async (context: EngineContext, call: Call): Promise<Answer> =>
  answerOutcome(await changeFleet(context, target(call), parseFleetPatch(call.body)), ({ fleet, revision }) =>
    changed({ fleet, ...stampOf(context) }, etagOf(revision)),
  );

export const deleteFleet = async (context: EngineContext, call: Call): Promise<Answer> =>
  answerOutcome(await removeFleet(context, target(call)), () => changed({}));
