import { LivenessStoreError } from '../port/index.ts';

/** `XADD <position>-*`, script flags: Redis 7 has them. Valkey says in this field which Redis it is equal to. */
const VERSION_MIN = 7;

/** Any other policy may throw away systems we are asked about. */
const POLICY = 'noeviction';

/** One line of Redis's INFO; null if it is not there. */
const infoField = (info: string, name: string): string | null => {
  const line = info.split('\n').find((one) => one.startsWith(`${name}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
};

const faultsOf = (info: string, isCluster: boolean): readonly string[] => {
  const version = infoField(info, 'redis_version') ?? 'unknown';
  const policy = infoField(info, 'maxmemory_policy') ?? POLICY;
  const faults: string[] = [];
  if (!(Number.parseInt(version, 10) >= VERSION_MIN)) faults.push(`it is version ${version}; ${VERSION_MIN} is needed`);
  if (policy !== POLICY) {
    faults.push(
      `its maxmemory-policy is ${policy}, which would forget systems; ` +
        `set it with: redis-cli CONFIG SET maxmemory-policy ${POLICY}`,
    );
  }
  if (!isCluster && infoField(info, 'cluster_enabled') === '1') {
    faults.push('it is part of a cluster; say so with EARSHOT_REDIS_CLUSTER=true');
  }
  return faults;
};

/**
 * Throws EARSHOT_STORE_MISCONFIGURED, saying what to do, unless every server can keep the projection. `infos` are what
 * they answer to INFO, which is allowed where CONFIG is not.
 */
export const checkServers = (infos: readonly string[], isCluster: boolean): void => {
  const faults = new Set(infos.flatMap((info) => faultsOf(info, isCluster)));
  if (faults.size === 0) return;
  throw new LivenessStoreError(
    'EARSHOT_STORE_MISCONFIGURED',
    `this Redis cannot keep the projection: ${[...faults].join('; ')}`,
  );
};
