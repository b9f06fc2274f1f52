import type { CredentialOwnerName } from '@earshot/registry';
import { addCredential, revokeCredential } from '../application/change-credentials.ts';
import type { EngineContext } from '../application/engine-context.ts';
import { listCredentials } from '../application/list-credentials.ts';
import { type Answer, answerOutcome, changed, created, found, NOT_FOUND } from './answer.ts';
import { type Call, change, query, type Route } from './endpoint.ts';
import { fleetPath } from './fleet-endpoints.ts';
import { stampOf } from './stamp.ts';
import { systemPath } from './system-changes.ts';
import type { BodyValidator } from './validate-body.ts';

type OwnerOf = (call: Call) => CredentialOwnerName;

const pathOf = (owner: CredentialOwnerName): string =>
  `${owner.kind === 'fleet' ? fleetPath(owner.name) : systemPath(owner.systemId)}/credentials`;

const list = async (context: EngineContext, owner: CredentialOwnerName): Promise<Answer> => {
  const credentials = await listCredentials(context, owner);
  return credentials === null ? NOT_FOUND : found({ credentials, next_cursor: null, ...stampOf(context) });
};

const add = async (context: EngineContext, owner: CredentialOwnerName, call: Call): Promise<Answer> =>
  answerOutcome(await addCredential(context, { ...call.change, owner }), (credential) =>
    created(`${pathOf(owner)}/${encodeURIComponent(credential.id)}`, { credential }),
  );

const revoke = async (context: EngineContext, owner: CredentialOwnerName, call: Call): Promise<Answer> =>
  answerOutcome(await revokeCredential(context, { ...call.change, owner }, call.params['credential'] ?? ''), () =>
    changed({}),
  );

const routesOf = (
  context: EngineContext,
  at: { path: string; owner: OwnerOf; empty: BodyValidator },
): readonly Route[] => [
  {
    path: `${at.path}/credentials`,
    methods: {
      GET: query([], (call) => list(context, at.owner(call))),
      POST: change(at.empty, (call) => add(context, at.owner(call), call)),
    },
  },
  {
    path: `${at.path}/credentials/:credential`,
    methods: { DELETE: change(null, (call) => revoke(context, at.owner(call), call)) },
  },
];

/** The secrets of systems and fleets; each is shown once, when it is made. */
export const credentialRoutes = (context: EngineContext, empty: BodyValidator): readonly Route[] => [
  ...routesOf(context, {
    path: '/api/systems/:id',
    owner: ({ params }) => ({ kind: 'system', systemId: params['id'] ?? '' }),
    empty,
  }),
  ...routesOf(context, {
    path: '/api/fleets/:name',
    owner: ({ params }) => ({ kind: 'fleet', name: params['name'] ?? '' }),
    empty,
  }),
];
