export {
  createLivenessService,
  type LivenessDependencies,
  type LivenessOptions,
  type LivenessService,
} from './create-liveness-service.ts';
