export * from './kafka-settings.ts';
export * from './open-log.ts';
export * from './open-registry.ts';
export * from './open-store.ts';
export * from './process-settings.ts';
export * from './redis-settings.ts';
