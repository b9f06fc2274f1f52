import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  BODY_BYTES_MAX,
  type DurationMs,
  errorEnvelope,
  type ErrorStatus,
  JSON_CONTENT_TYPE,
} from '@earshot/contracts';
import { answerText, type Clock, type RawHeaders } from '@earshot/runtime';

/**
 * How long a connection that we close is still read from. Closing at once would make the system reset it while the
 * sender is still sending, and a reset takes our answer away from the sender. Raised: senders of huge bodies keep us
 * busy longer.
 */
const LINGER_MS: DurationMs = 1_000;

/** A request and the response to it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Refusal {
  readonly status: ErrorStatus;
  /** Undefined: the status's envelope. */
  readonly body?: string;
  readonly headers?: RawHeaders;
}

/** Answers with an error, at once, whatever of the body has not come yet. */
export type Refuse = (exchange: Exchange, refusal: Refusal) => void;

/**
 * The connection goes on only if the rest of the body is known to be small: the next request stands right behind it.
 */
const isWorthReading = ({ complete, headers }: IncomingMessage): boolean => {
  if (complete) return true;
  if (headers['transfer-encoding'] !== undefined || headers.expect !== undefined) return false;
  return Number(headers['content-length'] ?? 0) <= BODY_BYTES_MAX;
};

/**
 * Node closes a socket after its last answer with `destroySoon`; here that means: no more from us, and a while for the
 * sender.
 */
const lingerOnClose = ({ socket }: IncomingMessage, clock: Clock): void => {
  socket.destroySoon = () => {
    socket.end();
    const timer = clock.after(LINGER_MS, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  };
};

const CLOSE: RawHeaders = ['Connection', 'close'];

/** `closing`: headers that end every connection, or none. */
export const createRefuse =
  (clock: Clock, closing: () => RawHeaders): Refuse =>
  ({ request, response }, { status, body = errorEnvelope(status), headers = [] }) => {
    let ending = closing();
    if (!isWorthReading(request)) {
      lingerOnClose(request, clock);
      ending = CLOSE;
    }
    answerText(response, status, { type: JSON_CONTENT_TYPE, body, headers: [...headers, ...ending] });
  };
