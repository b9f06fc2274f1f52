import { type OwnRedis, startOwnRedis } from './own-redis.ts';

/** A cluster of three nodes, no replicas, that belongs to one test file. */
export interface OwnCluster {
  /** All nodes, separated by commas. */
  readonly urls: string;
  readonly nodes: readonly OwnRedis[];
  remove(): Promise<void>;
}

const NODES = 3;
const SLOTS = 16_384;

/** Asks until the answer is right: nodes come to know each other by gossip, for which there is nothing to wait. */
const until = async (ask: () => Promise<boolean>): Promise<void> => {
  while (!(await ask()));
};

const isWhole = async (node: OwnRedis): Promise<boolean> => {
  const about = String(await node.ask('CLUSTER', 'INFO'));
  return about.includes('cluster_state:ok') && about.includes(`cluster_known_nodes:${NODES}`);
};

export const startOwnCluster = async (): Promise<OwnCluster> => {
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all(Array.from({ length: NODES }, () => startOwnRedis(options)));
  const share = Math.ceil(SLOTS / NODES);
  for (const [index, node] of nodes.entries()) {
    const last = Math.min((index + 1) * share, SLOTS) - 1;
    await node.ask('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
    await node.ask('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    if (nodes[0] !== undefined && index > 0) await node.ask('CLUSTER', 'MEET', '127.0.0.1', nodes[0].port);
  }
  for (const node of nodes) await until(() => isWhole(node));
  return {
    urls: nodes.map((node) => node.url).join(','),
    nodes,
    remove: async () => {
      await Promise.all(nodes.map((node) => node.remove()));
    },
  };
};
