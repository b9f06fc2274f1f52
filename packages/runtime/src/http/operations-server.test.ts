import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetricsRegistry } from '../metrics.ts';
import type { Health } from '../service.ts';
import type { HttpServer } from './http-server.ts';
import { createOperationsServer } from './operations-server.ts';

let health: Health = { ready: true, reasons: [] };
let server: HttpServer;
beforeEach(async () => {
  health = { ready: true, reasons: [] };
  server = createOperationsServer({
    host: '127.0.0.1',
    port: 0,
    services: { ingest: () => health },
    metrics: createMetricsRegistry(),
  });
  await server.listen();
});
afterEach(() => server.close(0));
const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${server.url()}${path}`, init);

describe('the operations server', () => {
  it('says that the event loop turns, whatever the services say', async () => {
    health = { ready: false, reasons: ['loading'] };
    expect((await get('/healthz')).status).toBe(200);
  });

  it('says whether every service is ready, and why not', async () => {
    expect((await get('/readyz')).status).toBe(200);
    health = { ready: false, reasons: ['loading'] };
    const response = await get('/readyz?verbose');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ data: { services: { ingest: { reasons: ['loading'] } } } });
  });

  it('gives the metrics', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('process_cpu_seconds_total');
  });

  it.each([
    ['/', 'GET', 404],
    ['/metrics', 'POST', 405],
    ['/healthz', 'HEAD', 200],
  ])('answers %s by %s with %i', async (path, method, status) => {
    expect((await get(path, { method })).status).toBe(status);
  });
});
