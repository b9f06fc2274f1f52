import { X509Certificate } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest, type RequestOptions as TlsRequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { DurationMs } from '@earshot/contracts';
import { type Clock, reachableHost, type TlsFiles } from '@earshot/runtime';
import { KNOCK_PATH, type KnockCredentials } from './knock-door.ts';

/**
 * After this a knock is missed. Longer than KNOCK_GAP_MS, so that it never makes a gap of its own, and short enough
 * that a lost connection is tried anew.
 */
const KNOCK_DEADLINE_MS: DurationMs = 5_000;

export interface KnockClientOptions {
  readonly credentials: KnockCredentials;
  /** Where our socket listens; null when it does not. */
  readonly address: () => AddressInfo | null;
  readonly tls: TlsFiles | null;
  readonly clock: Clock;
}

/**
 * Trusts our own certificate and no other, whatever name it is for: the address we knock on is not the name senders
 * use. One that has expired is refused, as senders refuse it.
 */
const trustOnly = ({ cert }: TlsFiles): TlsRequestOptions => {
  const own = new X509Certificate(cert).fingerprint256;
  return {
    ca: cert,
    allowPartialTrustChain: true,
    checkServerIdentity: (_host, peer) =>
      peer.fingerprint256 === own ? undefined : new Error('another certificate than ours answered'),
  };
};

const requestOptions = (bound: AddressInfo, { credentials }: KnockClientOptions, body: string): RequestOptions => ({
  method: 'POST',
  host: reachableHost(bound.address).replace(/^\[|\]$/g, ''),
  port: bound.port,
  path: KNOCK_PATH,
  auth: `${credentials.ingestId}:${credentials.secret}`,
  // A connection of its own each time: accepting is proven too.
  agent: false,
  headers: {
    Connection: 'close',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  },
});

/** One knock: resolves when it was acknowledged, rejects when it was not, in KNOCK_DEADLINE_MS at the latest. */
export const createKnockOnDoor = (options: KnockClientOptions): (() => Promise<void>) => {
  const { clock, credentials, tls } = options;
  const trust = tls === null ? null : trustOnly(tls);
  const body = JSON.stringify({ system_id: credentials.ingestId });

  const send = (bound: AddressInfo): ClientRequest =>
    trust === null
      ? httpRequest(requestOptions(bound, options, body))
      : httpsRequest({ ...requestOptions(bound, options, body), ...trust });
  return () =>
    new Promise((resolve, reject) => {
      const bound = options.address();
      if (bound === null) {
        reject(new Error('the socket does not listen'));
        return;
      }
      const request = send(bound);
      const timer = clock.after(KNOCK_DEADLINE_MS, () => request.destroy(new Error('no answer in time')));
      request.on('response', (response) => {
        response.resume();
        if (response.statusCode === 200) resolve();
        else reject(new Error(`answered ${response.statusCode ?? 'nothing'}`));
      });
      request.on('error', reject);
      request.on('close', () => {
        timer.cancel();
        reject(new Error('closed without an answer'));
      });
      request.end(body);
    });
};
