import type { ServerResponse } from 'node:http';
import { type EpochMs, JSON_CONTENT_TYPE, toIso } from '@earshot/contracts';
import type { RawHeaders } from '@earshot/runtime';

/** Answers 200 with the time under which the log has the heartbeat. */
export type Acknowledge = (response: ServerResponse, systemId: string, at: EpochMs) => void;

/** `closing`: headers that end the connection, or none. All of an append share a stamp, so its text is made once. */
export const createAcknowledge = (closing: () => RawHeaders): Acknowledge => {
  let stamp: EpochMs = Number.NaN;
  let tail = '';
  return (response, systemId, at) => {
    if (at !== stamp) {
      stamp = at;
      tail = `,"acknowledged":true,"last_heartbeat":"${toIso(at)}"}}`;
    }
    const subject = JSON.stringify(systemId);
    const body = `{"code":200,"message":"heartbeat acknowledged","data":{"system_id":${subject}${tail}`;
    const length = String(Buffer.byteLength(body));
    response.writeHead(200, ['Content-Type', JSON_CONTENT_TYPE, 'Content-Length', length, ...closing()]);
    response.end(body);
  };
};
