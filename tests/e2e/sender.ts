import { setTimeout as wait } from 'node:timers/promises';
import type { Credential } from './deployment.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: { readonly code: number; readonly message: string; readonly data: Record<string, unknown> };
}

/** One heartbeat, as curl sends it. Rejects when nobody listens. */
export const sendHeartbeat = async (url: string, credential: Credential, systemId: string): Promise<Answer> => {
  const basic = Buffer.from(`${credential.username}:${credential.password}`).toString('base64');
  const response = await fetch(`${url}/api/systems/heartbeat`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    body: JSON.stringify({ system_id: systemId }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
};

/** Systems that send every so often, and again when they were turned away or nobody listened, as those in the field do. */
export interface Senders {
  /** Log time of the newest 200, by system. */
  readonly acknowledged: ReadonlyMap<string, string>;
  readonly statuses: ReadonlyMap<number, number>;
  /** This one falls silent. */
  silence(systemId: string): void;
  stop(): Promise<void>;
}

export interface SendersOptions {
  readonly url: () => string;
  readonly credential: Credential;
  readonly systemIds: readonly string[];
  readonly intervalMs: number;
}

const RETRY_MS = 500;

export const startSenders = (options: SendersOptions): Senders => {
  const acknowledged = new Map<string, string>();
  const statuses = new Map<number, number>();
  const silent = new Map(options.systemIds.map((id) => [id, new AbortController()]));

  const sendUntilTaken = async (systemId: string, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const answer = await sendHeartbeat(options.url(), options.credential, systemId).catch(() => null);
      const status = answer?.status ?? 0;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (answer?.status === 200) {
        acknowledged.set(systemId, String(answer.body.data['last_heartbeat']));
        return;
      }
      await wait(RETRY_MS);
    }
  };
  const run = async (systemId: string, offsetMs: number): Promise<void> => {
    const signal = silent.get(systemId)?.signal;
    if (signal === undefined) return;
    await wait(offsetMs);
    while (!signal.aborted) {
      await sendUntilTaken(systemId, signal);
      await wait(options.intervalMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const spread = options.intervalMs / Math.max(1, options.systemIds.length);
  const running = options.systemIds.map((systemId, index) => run(systemId, Math.floor(index * spread)));
  return {
    acknowledged,
    statuses,
    silence: (systemId) => silent.get(systemId)?.abort(),
    stop: async () => {
      for (const controller of silent.values()) controller.abort();
      await Promise.all(running);
    },
  };
};
