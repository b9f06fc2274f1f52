/**
 * Container healthcheck: asks `/readyz` of whichever process runs here. The ports are those of the settings; the first that answers
 * decides. Exit 0 when ready, 1 otherwise.
 */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

const { EARSHOT_ENGINE_PORT, EARSHOT_OPERATIONS_PORT, EARSHOT_TLS_CERT } = process.env;
const ANSWER_MS_MAX = 2_000;

/** The engine speaks TLS where a certificate is set; the certificate names the world's address of us, not the loopback. */
const engine = { port: EARSHOT_ENGINE_PORT ?? '7411', tls: Boolean(EARSHOT_TLS_CERT) };
const operations = [EARSHOT_OPERATIONS_PORT ?? '7412', EARSHOT_OPERATIONS_PORT ?? '7413'];
const addresses = [engine, ...operations.map((port) => ({ port, tls: false }))];

const ask = ({ port, tls }) =>
  new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/readyz', timeout: ANSWER_MS_MAX, rejectUnauthorized: false };
    const asked = (tls ? requestTls : requestPlain)(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
    asked.end();
  });

const statuses = await Promise.all(addresses.map(ask));
process.exit(statuses.find((status) => status !== null) === 200 ? 0 : 1);
