/**
 * Container healthcheck: asks `/readyz` of whichever process runs here. The ports are those of the settings; the first that answers
 * decides. Exit 0 when ready, 1 otherwise.
 */
const ports = [
  process.env.EARSHOT_ENGINE_PORT ?? '7411',
  process.env.EARSHOT_OPERATIONS_PORT ?? '7412',
  process.env.EARSHOT_OPERATIONS_PORT ?? '7413',
];

const ask = async (port) => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) })).status;
  } catch {
    return null;
  }
};
const statuses = await Promise.all(ports.map(ask));
process.exit(statuses.find((status) => status !== null) === 200 ? 0 : 1);
