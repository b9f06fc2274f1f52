import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '@earshot/runtime';
import { describe, expect, it } from 'vitest';
import { KAFKA_SETTINGS, kafkaOptions } from './kafka-settings.ts';
import { REDIS_SETTINGS } from './redis-settings.ts';

const BROKERS = { EARSHOT_KAFKA_BROKERS: 'a:9092, b:9092' };
const optionsFrom = (environment: Record<string, string>) =>
  kafkaOptions(loadSettings(KAFKA_SETTINGS, environment).settings, 'earshot-test');

describe('settings of Kafka', () => {
  it('need a broker, and take several', () => {
    expect(() => optionsFrom({})).toThrow(/EARSHOT_KAFKA_BROKERS is required: host:port/);
    expect(optionsFrom(BROKERS)).toMatchObject({
      brokers: ['a:9092', 'b:9092'],
      prefix: 'earshot.',
      tls: null,
      sasl: null,
    });
  });

  it('read certificates only with TLS', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-kafka-settings-'));
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, 'PEM');
    expect(optionsFrom({ ...BROKERS, EARSHOT_KAFKA_TLS: 'true', EARSHOT_KAFKA_CA: ca }).tls).toEqual({
      ca: 'PEM',
      cert: null,
      key: null,
    });
    rmSync(folder, { recursive: true });
    expect(() => optionsFrom({ ...BROKERS, EARSHOT_KAFKA_TLS: 'true', EARSHOT_KAFKA_CA: ca })).toThrow(/ENOENT/);
  });

  it.each([
    [{ EARSHOT_KAFKA_SASL_MECHANISM: 'plain' }, 'EARSHOT_KAFKA_SASL_MECHANISM needs'],
    [{ EARSHOT_KAFKA_CERT: 'x' }, 'EARSHOT_KAFKA_CERT and EARSHOT_KAFKA_KEY go together'],
    [{ EARSHOT_KAFKA_MIN_INSYNC_REPLICAS: '2' }, 'must not be above EARSHOT_KAFKA_REPLICATION_FACTOR'],
    [{ EARSHOT_KAFKA_SASL_MECHANISM: 'gssapi' }, 'must be one of none, plain, scram-sha-256, scram-sha-512'],
  ])('refuse what does not fit together: %j', (environment, message) => {
    expect(() => optionsFrom({ ...BROKERS, ...environment })).toThrow(message);
  });
});

describe('settings of Redis', () => {
  it('need an address, which may hold a password and is never shown', () => {
    expect(() => loadSettings(REDIS_SETTINGS, {})).toThrow('EARSHOT_REDIS_URL is required: redis://host:port');
    expect(loadSettings(REDIS_SETTINGS, { EARSHOT_REDIS_URL: 'redis://:pw@h' }).settings).toEqual({
      redisUrl: 'redis://:pw@h',
      redisPrefix: 'earshot:',
      redisCluster: false,
    });
  });
});
