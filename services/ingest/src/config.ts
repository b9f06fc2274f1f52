import {
  booleanSetting,
  integerSetting,
  optionalTextSetting,
  portSetting,
  type Setting,
  textSetting,
} from '@earshot/runtime';

/** An hour: far longer than any balancer takes to move clients. */
const DRAIN_SECONDS_MAX = 3_600;

/**
 * What the ingest can be told from the environment. Port 0 is any free port; drain 0 is for a process without a
 * balancer.
 */
export type IngestSettings = {
  readonly ingestHost: Setting<string>;
  readonly ingestPort: Setting<number>;
  readonly bodyOptional: Setting<boolean>;
  /** Seconds between the failing `/readyz` and the closed socket; not below what the balancer takes to move clients. */
  readonly drainSeconds: Setting<number>;
  /** Paths of PEM files; both or neither. */
  readonly tlsCert: Setting<string | null>;
  readonly tlsKey: Setting<string | null>;
};

/** `drainSeconds`: the default of the process that asks, 30 distributed and 0 embedded. */
export const ingestSettings = (defaults: { readonly drainSeconds: number }): IngestSettings => ({
  ingestHost: textSetting('EARSHOT_INGEST_HOST', '127.0.0.1'),
  ingestPort: portSetting('EARSHOT_INGEST_PORT', 7_410),
  bodyOptional: booleanSetting('EARSHOT_BODY_OPTIONAL', false),
  drainSeconds: integerSetting('EARSHOT_DRAIN_SECONDS', defaults.drainSeconds, { min: 0, max: DRAIN_SECONDS_MAX }),
  tlsCert: optionalTextSetting('EARSHOT_TLS_CERT'),
  tlsKey: optionalTextSetting('EARSHOT_TLS_KEY'),
});
