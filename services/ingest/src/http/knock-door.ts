import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentKind } from '../domain/content-type.ts';
import { validateBody } from '../domain/validate-body.ts';
import type { Acknowledge } from './acknowledgement.ts';
import { parseBasicHeader } from './basic-header.ts';
import { readBody } from './read-body.ts';
import type { Refuse } from './refuse.ts';

/** Where an ingest knocks. To anyone without the secret of this very process it does not exist. */
export const KNOCK_PATH = '/api/systems/knock';

/** What only this process knows. */
export interface KnockCredentials {
  readonly ingestId: string;
  readonly secret: string;
}

export interface KnockDoor {
  /** Whether the request is this ingest's own knock. */
  isOurs(request: IncomingMessage): boolean;
  /** Hears the knock as a heartbeat is heard; counts in no request metric. */
  open(request: IncomingMessage, response: ServerResponse): void;
}

export interface KnockDoorDependencies {
  readonly credentials: KnockCredentials;
  /** Appends the knock; whether every partition acknowledged it. */
  readonly answerDoor: () => Promise<boolean>;
  readonly acknowledge: Acknowledge;
  readonly refuse: Refuse;
  readonly wallNow: () => number;
}

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');

export const createKnockDoor = (dependencies: KnockDoorDependencies): KnockDoor => {
  const { acknowledge, credentials, refuse } = dependencies;
  const expected = digestOf(credentials.secret);

  const isOurs = (request: IncomingMessage): boolean => {
    if (request.url !== KNOCK_PATH || request.method !== 'POST') return false;
    const given = parseBasicHeader(request.headers.authorization);
    const isRight = timingSafeEqual(digestOf(given?.secret ?? ''), expected);
    return isRight && given?.username === credentials.ingestId;
  };
  const isValid = (request: IncomingMessage, body: Parameters<typeof validateBody>[0]): boolean => {
    const validated = validateBody(body, { implied: null });
    return (
      contentKind(request.headers['content-type']) === 'json' &&
      'systemId' in validated &&
      validated.systemId === credentials.ingestId
    );
  };
  const open = (request: IncomingMessage, response: ServerResponse): void =>
    readBody(request, (body) => {
      if (body === 'aborted') return;
      if (body === 'too_large' || !isValid(request, body)) {
        refuse({ request, response }, { status: 400 });
        return;
      }
      void dependencies.answerDoor().then((isAcknowledged) => {
        if (isAcknowledged) acknowledge(response, credentials.ingestId, dependencies.wallNow());
        else refuse({ request, response }, { status: 503 });
      });
    });
  return { isOurs, open };
};
