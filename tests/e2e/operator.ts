import type { TransitionDocument } from '@earshot/contracts';
import type { Credential, Deployment } from './deployment.ts';

interface SystemDocument {
  readonly system_id: string;
  readonly fleet: string;
  readonly state: 'unseen' | 'online' | 'offline';
  readonly paused: boolean;
  readonly last_seen: string | null;
  readonly offline_at: string | null;
  readonly verdict: TransitionDocument['verdict'];
}
interface Envelope<T> {
  readonly code: number;
  readonly message: string;
  readonly data: T;
}

/** What an operator can do, through the engine's API. */
export interface Operator {
  ask<T>(path: string): Promise<T>;
  send(method: string, path: string, body?: object): Promise<Envelope<Record<string, unknown>>>;
  /** Null when there is none. */
  system(systemId: string): Promise<SystemDocument | null>;
  /** All transitions, oldest first. */
  transitions(systemId?: string): Promise<readonly TransitionDocument[]>;
  /** A fleet with the shortest times there are; answers its credential. */
  createFastFleet(name: string): Promise<Credential>;
}

export const operatorOf = (deployment: Deployment): Operator => {
  const headers = { authorization: `Bearer ${deployment.operatorToken}` };
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${deployment.engineUrl}${path}`, { headers });
    const body = (await response.json()) as Envelope<T>;
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${JSON.stringify(body)}`);
    return body.data;
  };
  const send: Operator['send'] = async (method, path, body) => {
    const response = await fetch(`${deployment.engineUrl}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Envelope<Record<string, unknown>>;
  };
  return {
    ask,
    send,
    system: async (systemId) => {
      const response = await fetch(`${deployment.engineUrl}/api/systems/${encodeURIComponent(systemId)}`, { headers });
      if (response.status === 404) return null;
      return ((await response.json()) as Envelope<{ system: SystemDocument }>).data.system;
    },
    transitions: async (systemId) => {
      const all: TransitionDocument[] = [];
      const of = systemId === undefined ? '' : `&system_id=${encodeURIComponent(systemId)}`;
      for (let cursor: string | null = ''; cursor !== null;) {
        const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { transitions: TransitionDocument[]; next_cursor: string | null } = await ask(
          `/api/transitions?limit=500${of}${from}`,
        );
        all.push(...page.transitions);
        cursor = page.next_cursor;
      }
      return all.toSorted((a, b) => a.position - b.position || a.sequence - b.sequence);
    },
    createFastFleet: async (name) => {
      const answer = await send('POST', '/api/fleets', { name, interval_seconds: 5, ttl_seconds: 15 });
      if (answer.code !== 201) throw new Error(`fleet ${name}: ${JSON.stringify(answer)}`);
      return answer.data['credential'] as Credential;
    },
  };
};
