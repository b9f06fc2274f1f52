import { type Logger as PinoLogger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { openStandardError } from './standard-error.ts';

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

/** The logger of a whole process. */
export interface ProcessLogger extends Logger {
  /**
   * Resolves when what was logged so far is written, or after a moment where nobody takes it. The last thing a process does: what
   * is logged afterwards is lost.
   */
  end(): Promise<void>;
}

/** What waits for a reader that does not read; beyond it lines are dropped. */
const WAITING_BYTES_MAX = 4_194_304;
const END_MS_MAX = 500;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** auto: pretty where standard error is a terminal, else one JSON a line. */
  readonly format: LogFormat;
  readonly terminal: boolean;
  readonly color: boolean;
}

/**
 * Logs to standard error: standard output belongs to data. Writing never holds the process up, whether its reader reads or not: a
 * monitor that is stopped by its own log would be deaf.
 */
export const createLogger = (options: LoggerOptions): ProcessLogger => {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && options.terminal);
  const written = pino.destination({ fd: openStandardError(), sync: false, maxLength: WAITING_BYTES_MAX });
  // A log that cannot be written (its reader gone, its disk full) must not end the process that writes it.
  written.on('error', () => undefined);
  const logger: PinoLogger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
      redact: ['password', 'secret', 'token', 'authorization', '*.password', '*.secret', '*.authorization'],
    },
    pretty ? PinoPretty({ destination: written, colorize: options.color, ignore: 'pid,hostname' }) : written,
  );
  const end = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, END_MS_MAX);
      // The pretty form passes lines on in the next turn.
      setImmediate(() =>
        written.flush(() => {
          clearTimeout(timer);
          resolve();
        }),
      );
    });
    // Else the library would go on trying when the process ends, for as long as nobody reads.
    written.destroy();
  };
  return Object.assign(logger, { end });
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
