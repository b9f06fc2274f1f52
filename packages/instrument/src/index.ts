export * from './encode-heartbeat.ts';
export * from './heartbeat.ts';
export * from './instrument.ts';
