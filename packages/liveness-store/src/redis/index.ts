export * from './open-redis-liveness-store.ts';
