export * from './open-sqlite-liveness-store.ts';
export type { ProjectionLoss, ProjectionLossReason } from './projection-file.ts';
