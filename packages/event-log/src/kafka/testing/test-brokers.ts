import { describe } from 'vitest';

/** What tests need besides the machine. */
export interface Need<T> {
  /** Null: there is none. */
  readonly found: T | null;
  /** Why the tests are skipped then. */
  readonly otherwise: string;
  /** Whether `EARSHOT_TEST_REQUIRE_BROKERS=1` makes that a failure. */
  readonly isRequired: boolean;
}

/** A cluster of three brokers, one of which may be killed. */
export interface TestCluster {
  readonly brokers: readonly string[];
  /** Shell command that kills (-9) a broker; `{}` stands for its node id. */
  readonly kill: string;
}

/** Brokers that tests may use as they like: topics are made and deleted. */
export const testBrokers = (): Need<readonly string[]> => ({
  found: listIn('EARSHOT_TEST_KAFKA_BROKERS'),
  otherwise: 'EARSHOT_TEST_KAFKA_BROKERS names no broker',
  isRequired: true,
});

export const testCluster = (): Need<TestCluster> => {
  const brokers = listIn('EARSHOT_TEST_KAFKA_CLUSTER');
  const kill = process.env['EARSHOT_TEST_KAFKA_KILL'];
  return {
    found: brokers === null || kill === undefined ? null : { brokers, kill },
    otherwise:
      'EARSHOT_TEST_KAFKA_CLUSTER and EARSHOT_TEST_KAFKA_KILL name no cluster and no way to kill a broker of it',
    isRequired: false,
  };
};

const listIn = (name: string): readonly string[] | null => {
  const brokers = (process.env[name] ?? '').split(',').filter((broker) => broker !== '');
  return brokers.length === 0 ? null : brokers;
};

/** Registers tests that need something, or says aloud that they are skipped. */
export const describeWith = <T>(title: string, need: Need<T>, tests: (found: T) => void): void => {
  const { found, otherwise, isRequired } = need;
  if (found !== null) {
    describe(title, () => tests(found));
    return;
  }
  if (isRequired && process.env['EARSHOT_TEST_REQUIRE_BROKERS'] === '1') throw new Error(`${title}: ${otherwise}`);
  process.stderr.write(`skipped: ${title}: ${otherwise}\n`);
  describe.skip(title, () => undefined);
};
