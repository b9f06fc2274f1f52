import { describe, expect, it } from 'vitest';
import { baseConfig } from './clients.ts';
import { settingsOf, type KafkaLogLine } from '../options.ts';

const BROKERS = ['one:9092'];

describe('how brokers are reached', () => {
  it('plain unless said', () => {
    const config = baseConfig(settingsOf({ brokers: BROKERS }));
    expect(config).toMatchObject({ brokers: BROKERS, clientId: 'earshot', connectionTimeout: 1_000 });
    expect(config).not.toHaveProperty('ssl');
    expect(config).not.toHaveProperty('sasl');
  });

  it("TLS with the machine's authorities, or with those given", () => {
    expect(baseConfig(settingsOf({ brokers: BROKERS, tls: true })).ssl).toBe(true);
    const tls = { ca: 'authority', cert: null, key: null };
    expect(baseConfig(settingsOf({ brokers: BROKERS, tls })).ssl).toEqual({ ca: 'authority' });
    const mutual = { ca: null, cert: 'mine', key: 'secret' };
    expect(baseConfig(settingsOf({ brokers: BROKERS, tls: mutual })).ssl).toEqual({ cert: 'mine', key: 'secret' });
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('SASL %s with name and password', (mechanism) => {
    const sasl = { mechanism, username: 'earshot', password: 'secret' };
    expect(baseConfig(settingsOf({ brokers: BROKERS, sasl })).sasl).toEqual(sasl);
  });

  it("the library's own errors are lines for whoever looks for them, not errors of ours", () => {
    const lines: KafkaLogLine[] = [];
    const config = baseConfig(settingsOf({ brokers: BROKERS, logged: (line) => lines.push(line) }));
    const log = { timestamp: 'now', message: 'Response Heartbeat', groupId: 'earshot.liveness', stack: 'at …' };
    config.logCreator?.(1)({ namespace: 'Connection', level: 1, label: 'ERROR', log });
    expect(lines).toEqual([
      {
        level: 'debug',
        message: 'kafka client',
        fields: { namespace: 'Connection', severity: 'ERROR', said: 'Response Heartbeat', groupId: 'earshot.liveness' },
      },
    ]);
  });

  it('a record larger than a broker takes cannot be asked for', () => {
    expect(() => settingsOf({ brokers: BROKERS, recordBytesMax: 1_048_588 })).toThrow(RangeError);
  });
});
