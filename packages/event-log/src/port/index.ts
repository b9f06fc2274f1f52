export * from './event-log.ts';
export * from './event-log-error.ts';
