import type { AddressInfo } from 'node:net';
import { createHttpServer, type HttpServer, systemClock, type TlsFiles } from '@earshot/runtime';
import { createFaultyLog, createManualClock } from '@earshot/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ALSO_ISSUED_CERTIFICATE,
  EXPIRED_CERTIFICATE,
  FIRST_CERTIFICATE,
  ISSUED_CERTIFICATE,
  SECOND_CERTIFICATE,
} from '../fixtures/certificates.ts';
import { runIngest } from '../fixtures/running-ingest.ts';
import { createKnockOnDoor } from './knock-client.ts';

const credentials = { ingestId: 'test', secret: 'secret' };

describe('T3 a knock on a door with TLS', () => {
  let server: HttpServer | undefined;
  let requests = 0;
  afterEach(() => server?.close(0));

  /** A door that answers 200 to anything, with a certificate of its own. */
  const knockOn = async (door: TlsFiles | null, ours: TlsFiles | null): Promise<void> => {
    requests = 0;
    server = createHttpServer({
      host: '127.0.0.1',
      port: 0,
      tls: door,
      listener: (_request, response) => {
        requests += 1;
        response.end();
      },
    });
    await server.listen();
    const address = (): AddressInfo | null => server?.address() ?? null;
    await createKnockOnDoor({ credentials, address, tls: ours, clock: systemClock })();
  };

  it('goes well with our own certificate, whatever name it is for', async () => {
    await knockOn(FIRST_CERTIFICATE, FIRST_CERTIFICATE);
    expect(requests).toBe(1);
  });

  it('fails with another certificate, without having said its secret', async () => {
    await expect(knockOn(SECOND_CERTIFICATE, FIRST_CERTIFICATE)).rejects.toThrow();
    expect(requests).toBe(0);
  });

  it('fails with another certificate of the same authority', async () => {
    await knockOn(ISSUED_CERTIFICATE, ISSUED_CERTIFICATE);
    await server?.close(0);
    await expect(knockOn(ALSO_ISSUED_CERTIFICATE, ISSUED_CERTIFICATE)).rejects.toThrow(/another certificate/);
    expect(requests).toBe(0);
  });

  it('fails when ours has expired, as it does for senders', async () => {
    await expect(knockOn(EXPIRED_CERTIFICATE, EXPIRED_CERTIFICATE)).rejects.toThrow(/expired/);
    expect(requests).toBe(0);
  });

  it('fails when the door has no TLS, or only the door has', async () => {
    await expect(knockOn(null, FIRST_CERTIFICATE)).rejects.toThrow();
    await expect(knockOn(FIRST_CERTIFICATE, null)).rejects.toThrow();
    expect(requests).toBe(0);
  });

  it('opens an ingest that serves TLS', async () => {
    const ingest = await runIngest({ clock: createManualClock(), wrap: createFaultyLog }, { tls: FIRST_CERTIFICATE });
    expect(ingest.service.url()).toMatch(/^https:/);
    await ingest.knock();
    expect((await ingest.knocks()).map(({ n }) => n)).toEqual([1, 2]);
    await ingest.stop();
  });
});

describe('T3 a knock on a door', () => {
  it.each(['0.0.0.0', '::', '::1', '127.0.0.1'])(
    'goes to the loopback of its family when bound to %s',
    async (host) => {
      const ingest = await runIngest({ clock: createManualClock(), wrap: createFaultyLog }, { host });
      expect((await ingest.knocks()).map(({ n }) => n)).toEqual([1]);
      await ingest.stop();
    },
  );

  it('fails when nobody listens, or the door answers anything but 200, or nothing at all in time', async () => {
    const clock = createManualClock();
    const knock = (bound: AddressInfo | null): Promise<void> =>
      createKnockOnDoor({ credentials, address: () => bound, tls: null, clock })();
    await expect(knock(null)).rejects.toThrow(/does not listen/);
    let answer: ((status: number) => void) | null = null;
    const server = createHttpServer({
      host: '127.0.0.1',
      port: 0,
      listener: (_request, response) => {
        answer = (status) => response.writeHead(status).end();
      },
    });
    await server.listen();
    const bound = server.address();
    const asked = async (): Promise<(status: number) => void> => {
      while (answer === null) await new Promise((resolve) => setImmediate(resolve));
      const taken = answer;
      answer = null;
      return taken;
    };
    const refused = knock(bound);
    refused.catch(() => undefined);
    (await asked())(503);
    await expect(refused).rejects.toThrow(/503/);
    const unanswered = knock(bound);
    unanswered.catch(() => undefined);
    await asked();
    await clock.advance(5_000);
    await expect(unanswered).rejects.toThrow(/in time/);
    await server.close(0);
    await expect(knock(bound)).rejects.toThrow();
    while (clock.waiting() > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
