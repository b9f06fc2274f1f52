export * from './faulty-log.ts';
export * from './faulty-store.ts';
export * from './manual-clock.ts';
