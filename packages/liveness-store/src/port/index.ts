export * from './liveness-store.ts';
export * from './liveness-store-error.ts';
export * from './silence.ts';
