import type { ServerResponse } from 'node:http';
import { JSON_CONTENT_TYPE } from '@earshot/contracts';
import { encodeHeartbeat, type Instrument } from '@earshot/instrument';
import { answerText } from '@earshot/runtime';

const FRESH = ['Cache-Control', 'no-store'] as const;
const NOT_AVAILABLE = '{"detail":"instrumentation layer is not available"}';
const FAILED = '{"detail":"heartbeat retrieval failed"}';

const answer = (response: ServerResponse, status: number, body: string): void =>
  answerText(response, status, { type: JSON_CONTENT_TYPE, body, headers: FRESH });

/**
 * `GET /api/system/heartbeat`, a published contract: the engine's own heartbeat as a bare object, open to everybody. 503 until
 * instrumentation has started.
 */
export const answerHeartbeat = (
  response: ServerResponse,
  instrument: Pick<Instrument, 'getHeartbeat'>,
  onError: (error: unknown) => void,
): void => {
  try {
    const heartbeat = instrument.getHeartbeat();
    if (heartbeat === null) answer(response, 503, NOT_AVAILABLE);
    else answer(response, 200, encodeHeartbeat(heartbeat));
  } catch (error) {
    onError(error);
    answer(response, 500, FAILED);
  }
};
