export { ENGINE_SETTINGS, OPERATOR_TOKEN_LENGTH_MIN } from './config.ts';
export {
  createEngineService,
  type EngineDependencies,
  type EngineOptions,
  type EngineService,
} from './create-engine-service.ts';
export type { EngineDefaults } from './application/engine-context.ts';
