export { LIVENESS_SETTINGS } from './config.ts';
export { createLivenessService, type LivenessDependencies, type LivenessOptions } from './create-liveness-service.ts';
