import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf } from '../build.ts';
import { type Clock, systemClock } from '../clock.ts';
import { createLogger, type LogFormat, type LogLevel, type ProcessLogger } from '../logger.ts';
import { createMetricsRegistry, type MetricsRegistry } from '../metrics.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** What every process has before it has anything of its own. */
export interface ProcessGround {
  readonly clock: Clock;
  readonly logger: ProcessLogger;
  readonly metrics: MetricsRegistry;
  readonly build: string;
  readonly version: string;
}

export const createProcessGround = (
  values: { readonly logLevel: LogLevel; readonly logFormat: LogFormat; readonly build: string },
  warnings: readonly string[],
): ProcessGround => {
  const { isTTY: terminal } = process.stderr;
  const color = terminal && (process.env['NO_COLOR'] ?? '') === '';
  const logger = createLogger({ level: values.logLevel, format: values.logFormat, terminal, color });
  for (const warning of warnings) logger.warn({}, warning);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  return {
    clock: systemClock,
    logger,
    metrics: createMetricsRegistry(),
    build: values.build === '' ? commitOf(ROOT) : values.build,
    version: manifest.version,
  };
};

/** One line of JSON for whoever started the process, where that is no person. */
export const sayReady = (addresses: Readonly<Record<string, string>>): void => {
  if (!process.stdout.isTTY) process.stdout.write(`${JSON.stringify({ event: 'ready', ...addresses })}\n`);
};
