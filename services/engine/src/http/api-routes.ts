import type { EngineContext } from '../application/engine-context.ts';
import {
  EMPTY_SCHEMA,
  FLEET_PATCH_SCHEMA,
  NEW_FLEET_SCHEMA,
  NEW_SYSTEM_SCHEMA,
  PAUSE_SCHEMA,
  SYSTEM_PATCH_SCHEMA,
} from './body-schemas.ts';
import { credentialRoutes } from './credential-endpoints.ts';
import { unavailable } from './answer.ts';
import { change, type Endpoint, query, type Route } from './endpoint.ts';
import { deleteFleet, getFleet, getFleets, patchFleet, postFleet } from './fleet-endpoints.ts';
import {
  getIncidents,
  getOutages,
  getSummary,
  getTransitions,
  INCIDENT_PARAMETERS,
  OUTAGE_PARAMETERS,
  TRANSITION_PARAMETERS,
} from './history-endpoints.ts';
import { deleteSystem, patchSystem, postPause, postResume, postSystem } from './system-changes.ts';
import { getSystemEndpoint, listSystemsEndpoint } from './system-queries.ts';
import { createValidators } from './validate-body.ts';

/** The same while the catalog has everything; else it would say of what it lacks that it does not exist. */
const fromWholeCatalog = (context: EngineContext, endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  handle: (call) => (context.isCatalogComplete() ? endpoint.handle(call) : unavailable()),
});

/** Everything under /api that needs a token. */
export const apiRoutes = (context: EngineContext): readonly Route[] => [
  { path: '/api/summary', methods: { GET: query([], () => getSummary(context)) } },
  ...catalogRoutes(context).map(({ path, methods }) => ({
    path,
    methods: methods.GET === undefined ? methods : { ...methods, GET: fromWholeCatalog(context, methods.GET) },
  })),
];

/** What is answered out of the catalog. Changes await by themselves what they are decided on. */
const catalogRoutes = (context: EngineContext): readonly Route[] => {
  const validate = createValidators({
    newSystem: NEW_SYSTEM_SCHEMA,
    systemPatch: SYSTEM_PATCH_SCHEMA,
    newFleet: NEW_FLEET_SCHEMA,
    fleetPatch: FLEET_PATCH_SCHEMA,
    pause: PAUSE_SCHEMA,
    empty: EMPTY_SCHEMA,
  });
  return [
    {
      path: '/api/systems',
      methods: {
        GET: listSystemsEndpoint(context),
        POST: change(validate.newSystem, (call) => postSystem(context, call)),
      },
    },
    {
      path: '/api/systems/:id',
      methods: {
        GET: getSystemEndpoint(context),
        PATCH: change(validate.systemPatch, (call) => patchSystem(context, call)),
        DELETE: change(null, (call) => deleteSystem(context, call)),
      },
    },
    {
      path: '/api/systems/:id/pause',
      methods: { POST: change(validate.pause, (call) => postPause(context, call)) },
    },
    {
      path: '/api/systems/:id/resume',
      methods: { POST: change(validate.empty, (call) => postResume(context, call)) },
    },
    {
      path: '/api/fleets',
      methods: {
        GET: query(['limit', 'cursor'], (call) => getFleets(context, call)),
        POST: change(validate.newFleet, (call) => postFleet(context, call)),
      },
    },
    {
      path: '/api/fleets/:name',
      methods: {
        GET: query([], (call) => getFleet(context, call)),
        PATCH: change(validate.fleetPatch, (call) => patchFleet(context, call)),
        DELETE: change(null, (call) => deleteFleet(context, call)),
      },
    },
    ...credentialRoutes(context, validate.empty),
    {
      path: '/api/transitions',
      methods: { GET: query(TRANSITION_PARAMETERS, (call) => getTransitions(context, call)) },
    },
    { path: '/api/outages', methods: { GET: query(OUTAGE_PARAMETERS, (call) => getOutages(context, call)) } },
    { path: '/api/incidents', methods: { GET: query(INCIDENT_PARAMETERS, (call) => getIncidents(context, call)) } },
  ];
};
