import * as documents from './engine-documents.ts';
import * as engine from './engine-answers.ts';
import * as heartbeat from './heartbeat-answers.ts';
import type { JsonSchema } from './schemas.ts';

/**
 * Every answer of both HTTP surfaces, and what they are made of, by the name under which the OpenAPI document has it.
 * JSON Schema, draft 2020-12, each complete in itself.
 */
export const ANSWER_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Acknowledgement: heartbeat.ACKNOWLEDGEMENT_SCHEMA,
  HeartbeatFault: heartbeat.HEARTBEAT_FAULT_SCHEMA,
  HeartbeatInvalid: heartbeat.HEARTBEAT_INVALID_SCHEMA,
  Error: heartbeat.ERROR_SCHEMA,
  Fault: heartbeat.FAULT_SCHEMA,
  Invalid: heartbeat.INVALID_SCHEMA,
  Beat: heartbeat.BEAT_SCHEMA,
  NoBeatYet: heartbeat.NO_BEAT_YET_SCHEMA,
  BeatFailed: heartbeat.BEAT_FAILED_SCHEMA,

  Outage: documents.OUTAGE_DOCUMENT_SCHEMA,
  Verdict: documents.VERDICT_DOCUMENT_SCHEMA,
  Transition: documents.TRANSITION_DOCUMENT_SCHEMA,
  System: documents.SYSTEM_DOCUMENT_SCHEMA,
  Totals: documents.TOTALS_SCHEMA,
  Fleet: documents.FLEET_DOCUMENT_SCHEMA,
  Credential: documents.CREDENTIAL_DOCUMENT_SCHEMA,
  IssuedCredential: documents.ISSUED_CREDENTIAL_SCHEMA,
  Partition: documents.PARTITION_DOCUMENT_SCHEMA,
  PartitionOutage: documents.PARTITION_OUTAGE_SCHEMA,
  FleetSilence: documents.FLEET_SILENCE_SCHEMA,
  PartitionIncident: documents.PARTITION_INCIDENT_SCHEMA,
  Incident: documents.INCIDENT_SCHEMA,
  Health: engine.HEALTH_SCHEMA,

  SummaryAnswer: engine.SUMMARY_ANSWER_SCHEMA,
  SystemAnswer: engine.SYSTEM_ANSWER_SCHEMA,
  SystemsAnswer: engine.SYSTEMS_ANSWER_SCHEMA,
  CreatedSystemAnswer: engine.CREATED_SYSTEM_ANSWER_SCHEMA,
  ChangedSystemAnswer: engine.CHANGED_SYSTEM_ANSWER_SCHEMA,
  FleetAnswer: engine.FLEET_ANSWER_SCHEMA,
  FleetsAnswer: engine.FLEETS_ANSWER_SCHEMA,
  CreatedFleetAnswer: engine.CREATED_FLEET_ANSWER_SCHEMA,
  ChangedFleetAnswer: engine.CHANGED_FLEET_ANSWER_SCHEMA,
  CredentialsAnswer: engine.CREDENTIALS_ANSWER_SCHEMA,
  CreatedCredentialAnswer: engine.CREATED_CREDENTIAL_ANSWER_SCHEMA,
  DoneAnswer: engine.DONE_ANSWER_SCHEMA,
  TransitionsAnswer: engine.TRANSITIONS_ANSWER_SCHEMA,
  OutagesAnswer: engine.OUTAGES_ANSWER_SCHEMA,
  IncidentsAnswer: engine.INCIDENTS_ANSWER_SCHEMA,
  AliveAnswer: engine.ALIVE_ANSWER_SCHEMA,
  ReadyAnswer: engine.READY_ANSWER_SCHEMA,
  NotReadyAnswer: engine.NOT_READY_ANSWER_SCHEMA,
};
