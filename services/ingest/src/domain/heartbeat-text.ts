import type { HeartbeatRecord } from '@earshot/contracts';

const member = (name: string, value: string | undefined): string =>
  value === undefined || value === '' ? '' : `,"${name}":${JSON.stringify(value)}`;

/**
 * The record as it goes into the log, to the byte what contracts' encoder for any record makes of it. Written out
 * because this is made for every heartbeat, and the general one costs as much as checking a credential.
 */
export const heartbeatText = (record: HeartbeatRecord): string => {
  const revision = record.revision === undefined || record.revision === 0 ? '' : `,"revision":${record.revision}`;
  const names = member('fleet', record.fleet) + member('credential', record.credential);
  return `{"type":"heartbeat","ttl_ms":${record.ttl_ms}${revision}${names}}`;
};
