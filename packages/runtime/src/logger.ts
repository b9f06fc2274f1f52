import { type Logger as PinoLogger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];
export type LogFormat = 'auto' | 'json' | 'pretty';
export const LOG_FORMATS: readonly LogFormat[] = ['auto', 'json', 'pretty'];

/** A constant message with fields. A line per transition, hold and outage; none per heartbeat; never a secret. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

const STDERR = 2;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** auto: pretty where standard error is a terminal, else one JSON a line. */
  readonly format: LogFormat;
  readonly terminal: boolean;
  readonly color: boolean;
}

/** Logs to standard error: standard output belongs to data. */
export const createLogger = (options: LoggerOptions): Logger => {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && options.terminal);
  const destination = pretty
    ? PinoPretty({ destination: STDERR, sync: true, colorize: options.color, ignore: 'pid,hostname' })
    : pino.destination({ fd: STDERR, sync: true });
  // A log that cannot be written (its reader gone, its disk full) must not end the process that writes it.
  destination.on('error', () => undefined);
  const logger: PinoLogger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
      redact: ['password', 'secret', 'token', 'authorization', '*.password', '*.secret', '*.authorization'],
    },
    destination,
  );
  return logger;
};

/** A logger that says nothing, for tests and short commands. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

/** Says a thing at most once a period, with how often it was swallowed since. For what may happen with every record. */
export const createSparseLogger = (
  logger: Logger,
  options: { readonly periodMs: number; readonly monotonicNow: () => number },
): ((fields: object, message: string) => void) => {
  let next = Number.NEGATIVE_INFINITY;
  let swallowed = 0;
  return (fields, message) => {
    if (options.monotonicNow() < next) {
      swallowed += 1;
      return;
    }
    next = options.monotonicNow() + options.periodMs;
    logger.warn({ ...fields, swallowed }, message);
    swallowed = 0;
  };
};
