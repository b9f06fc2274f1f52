export { LIVENESS_SETTINGS, PARTITIONS_MAX } from './config.ts';
export { createLivenessService, type LivenessDependencies, type LivenessOptions } from './create-liveness-service.ts';
