export { livenessStoreConformance } from './liveness-store-conformance.ts';
export type { Capability, Failure, LivenessStoreHarness, Repair, TestStorage } from './harness.ts';
