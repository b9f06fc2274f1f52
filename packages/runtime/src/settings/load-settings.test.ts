import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSettings, SettingsError } from './load-settings.ts';
import { booleanSetting, choiceSetting, integerSetting, portSetting, secretSetting, textSetting } from './setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DEFINITIONS = {
  host: textSetting('EARSHOT_INGEST_HOST', '127.0.0.1'),
  port: portSetting('EARSHOT_INGEST_PORT', 7410),
  token: secretSetting('EARSHOT_OPERATOR_TOKEN', 32),
  bodyOptional: booleanSetting('EARSHOT_BODY_OPTIONAL', false),
  level: choiceSetting('EARSHOT_LOG_LEVEL', 'info', ['info', 'debug']),
  drain: integerSetting('EARSHOT_DRAIN_SECONDS', 30, { min: 0, max: 600 }),
};
const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    loadSettings(DEFINITIONS, environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
};

describe('loadSettings', () => {
  it('gives the defaults where nothing, or nothing but emptiness, is given', () => {
    expect(loadSettings(DEFINITIONS, { EARSHOT_INGEST_HOST: '' }).settings).toEqual({
      host: '127.0.0.1',
      port: 7410,
      token: null,
      bodyOptional: false,
      level: 'info',
      drain: 30,
    });
  });

  it('reports every fault at once', () => {
    expect(
      faultsOf({
        EARSHOT_INGEST_PORT: '70000',
        EARSHOT_BODY_OPTIONAL: 'perhaps',
        EARSHOT_LOG_LEVEL: 'loud',
        EARSHOT_DRAIN_SECONDS: '1e2',
        EARSHOT_INGEST_HOTS: 'x',
      }),
    ).toEqual([
      'EARSHOT_INGEST_PORT must be a whole number from 0 to 65535, not "70000"',
      'EARSHOT_BODY_OPTIONAL must be true or false, not "perhaps"',
      'EARSHOT_LOG_LEVEL must be one of info, debug, not "loud"',
      'EARSHOT_DRAIN_SECONDS must be a whole number from 0 to 600, not "1e2"',
      'EARSHOT_INGEST_HOTS is not a setting; did you mean EARSHOT_INGEST_HOST?',
    ]);
  });

  it('never shows a secret that is wrong', () => {
    expect(faultsOf({ EARSHOT_OPERATOR_TOKEN: 'hunter2' })).toEqual([
      'EARSHOT_OPERATOR_TOKEN must be a secret of at least 32 characters',
    ]);
  });

  it('reads a secret from a file, without its last line end', () => {
    const path = join(folder, 'token');
    writeFileSync(path, `${'t'.repeat(32)}\n`);
    expect(loadSettings(DEFINITIONS, { EARSHOT_OPERATOR_TOKEN_FILE: path }).settings.token).toBe('t'.repeat(32));
  });

  it('refuses a secret that is given twice, or in a file that cannot be read', () => {
    expect(faultsOf({ EARSHOT_OPERATOR_TOKEN: 't'.repeat(32), EARSHOT_OPERATOR_TOKEN_FILE: 'x' })).toEqual([
      'EARSHOT_OPERATOR_TOKEN and EARSHOT_OPERATOR_TOKEN_FILE are both given; give one',
    ]);
    expect(faultsOf({ EARSHOT_OPERATOR_TOKEN_FILE: join(folder, 'none') })[0]).toMatch(/cannot be read \(ENOENT/);
  });

  it('warns of names it does not know, and knows those of every other process and of orchestrators', () => {
    const { warnings } = loadSettings(DEFINITIONS, {
      EARSHOT_FAVOURITE_COLOUR: 'blue',
      EARSHOT_REDIS_URL: 'redis://localhost',
      EARSHOT_ENGINE_PORT: 'tcp://10.0.0.1:7411',
      EARSHOT_INGEST_SERVICE_HOST: '10.0.0.1',
      EARSHOT_ENGINE_PORT_7411_TCP: 'tcp://10.0.0.1:7411',
      EARSHOT_TEST_KAFKA_BROKERS: 'x',
    });
    expect(warnings).toEqual(['EARSHOT_FAVOURITE_COLOUR is not a setting of Earshot; ignored']);
  });

  it('takes a port that an orchestrator injected for not given', () => {
    expect(loadSettings(DEFINITIONS, { EARSHOT_INGEST_PORT: 'tcp://10.0.0.1:7410' }).settings.port).toBe(7410);
  });
});
