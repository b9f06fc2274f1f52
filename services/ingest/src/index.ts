export { ingestSettings, type IngestSettings } from './config.ts';
export { createIngestService } from './ingest-service.ts';
export type { IngestDependencies, IngestOptions, IngestService, RandomSource } from './options.ts';
