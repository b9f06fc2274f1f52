import type { Deployment, DeploymentOptions } from './deployment.ts';
import { startDistributed } from './distributed-deployment.ts';
import { startEmbedded } from './embedded-deployment.ts';

interface Form {
  readonly form: 'embedded' | 'distributed';
  readonly start: (options?: DeploymentOptions) => Promise<Deployment>;
}

/** Whether this run has a Kafka and a Redis. */
export const hasBrokers: boolean =
  (process.env['EARSHOT_TEST_KAFKA_BROKERS'] ?? '') !== '' && (process.env['EARSHOT_TEST_REDIS_URL'] ?? '') !== '';
if (!hasBrokers) {
  const reason = 'EARSHOT_TEST_KAFKA_BROKERS and EARSHOT_TEST_REDIS_URL are not given';
  if (process.env['EARSHOT_TEST_REQUIRE_BROKERS'] === '1') throw new Error(`brokers are required: ${reason}`);
  process.stderr.write(`the distributed form is left out: ${reason}\n`);
}
const DISTRIBUTED: readonly Form[] = hasBrokers
  ? [{ form: 'distributed', start: (options) => startDistributed(options) }]
  : [];

/** The forms to run the same tests in. */
export const DEPLOYMENTS: readonly Form[] = [{ form: 'embedded', start: startEmbedded }, ...DISTRIBUTED];
