export { LIVENESS_SETTINGS, PARTITIONS_MAX } from './config.ts';
export {
  createLivenessService,
  type LivenessDependencies,
  type LivenessOptions,
  type LivenessService,
} from './create-liveness-service.ts';
