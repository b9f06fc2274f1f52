import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorStatus, validationEnvelope } from '@earshot/contracts';
import { type Logger, type RawHeaders, retryAfter } from '@earshot/runtime';
import type { Heard, Hearing } from '../application/hearing.ts';
import { type ContentKind, contentKind } from '../domain/content-type.ts';
import type { Sender } from '../domain/known-sender.ts';
import type { Outcome } from '../domain/outcome.ts';
import { isMalformed, type ReceivedBody, validateBody } from '../domain/validate-body.ts';
import type { Acknowledge } from './acknowledgement.ts';
import { parseBasicHeader } from './basic-header.ts';
import { askForBody } from './hesitant-response.ts';
import { announcesTooMuch, type BodyResult, readBody } from './read-body.ts';
import type { Exchange, Refuse } from './refuse.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface HeartbeatHandlerDependencies {
  readonly hearing: Hearing;
  readonly acknowledge: Acknowledge;
  readonly refuse: Refuse;
  /** Told once for each request, what became of it. */
  readonly count: (outcome: Outcome) => void;
  readonly logger: Logger;
  /** A request without a body, or with `{}`, means the system whose own credential it carries. */
  readonly bodyOptional: boolean;
  /** Uniform over [0, 1). */
  readonly random: () => number;
}

const WWW_AUTHENTICATE: RawHeaders = ['WWW-Authenticate', 'Basic realm="earshot", charset="UTF-8"'];

const STATUS: Readonly<Record<Exclude<Outcome, 'accepted' | 'invalid'>, ErrorStatus>> = {
  unauthenticated: 401,
  forbidden: 403,
  limited: 429,
  refused: 503,
  failed: 500,
};

/**
 * Answers a heartbeat, in this order of checks: 503 (nobody can be told), 401 (the body is not read), 429, 415, 413,
 * 400, 403, 503 (cannot be recorded), 200. Never throws.
 */
export const createHeartbeatHandler = (dependencies: HeartbeatHandlerDependencies): RequestHandler => {
  const answering = new HeartbeatAnswering(dependencies);
  return (request, response) => answering.begin({ request, response });
};

/** What is known of a request while its body is read. */
interface Reading extends Exchange {
  readonly sender: Sender;
  readonly kind: ContentKind;
}

class HeartbeatAnswering {
  readonly #dependencies: HeartbeatHandlerDependencies;

  constructor(dependencies: HeartbeatHandlerDependencies) {
    this.#dependencies = dependencies;
  }

  begin(exchange: Exchange): void {
    try {
      this.#identify(exchange);
    } catch (error) {
      this.#fail(exchange, error);
    }
  }

  #identify(exchange: Exchange): void {
    const { hearing } = this.#dependencies;
    if (!hearing.canDecide()) {
      this.#refuse(exchange, 'refused');
      return;
    }
    const identified = hearing.identify(parseBasicHeader(exchange.request.headers.authorization));
    if ('outcome' in identified) this.#refuse(exchange, identified.outcome);
    else if (!hearing.admit(identified.sender)) this.#refuse(exchange, 'limited');
    else this.#read(exchange, identified.sender);
  }

  #read({ request, response }: Exchange, sender: Sender): void {
    const kind = contentKind(request.headers['content-type']);
    const reading: Reading = { request, response, sender, kind };
    if (kind === 'other') {
      this.#invalid(reading, 415);
      return;
    }
    if (announcesTooMuch(request)) {
      this.#invalid(reading, 413);
      return;
    }
    askForBody(request, response);
    readBody(request, (body) => this.#take(reading, body));
  }

  #take(reading: Reading, body: BodyResult): void {
    try {
      if (body === 'aborted') this.#dependencies.count('invalid');
      else if (body === 'too_large') this.#invalid(reading, 413);
      else this.#validate(reading, body);
    } catch (error) {
      this.#fail(reading, error);
    }
  }

  #validate(reading: Reading, body: ReceivedBody): void {
    const { owner } = reading.sender;
    const implied = this.#dependencies.bodyOptional && owner.kind === 'system' ? owner.system.systemId : null;
    const validated = validateBody(body, { implied });
    if ('systemId' in validated) this.#hear(reading, validated.systemId);
    else if (reading.kind === 'form' && isMalformed(validated)) this.#invalid(reading, 415);
    else this.#invalid(reading, 400, validationEnvelope(validated.faults));
  }

  #hear(reading: Reading, systemId: string): void {
    const { hearing } = this.#dependencies;
    try {
      hearing.hear(reading.sender, systemId, (heard) => this.#answer(reading, systemId, heard));
    } catch (error) {
      hearing.failed(reading.sender, systemId);
      throw error;
    }
  }

  #answer(exchange: Exchange, systemId: string, heard: Heard): void {
    try {
      if (heard.outcome === 'accepted') {
        this.#dependencies.acknowledge(exchange.response, systemId, heard.at);
        this.#dependencies.count('accepted');
      } else {
        this.#refuse(exchange, heard.outcome);
      }
    } catch (error) {
      this.#fail(exchange, error);
    }
  }

  #refuse(exchange: Exchange, outcome: Exclude<Outcome, 'accepted' | 'invalid'>): void {
    this.#dependencies.refuse(exchange, { status: STATUS[outcome], headers: this.#headersOf(outcome) });
    this.#dependencies.count(outcome);
  }

  #headersOf(outcome: Outcome): RawHeaders {
    if (outcome === 'unauthenticated') return WWW_AUTHENTICATE;
    return outcome === 'refused' || outcome === 'limited' ? retryAfter(this.#dependencies.random) : [];
  }

  #invalid(exchange: Exchange, status: 400 | 413 | 415, body?: string): void {
    this.#dependencies.refuse(exchange, body === undefined ? { status } : { status, body });
    this.#dependencies.count('invalid');
  }

  #fail(exchange: Exchange, error: unknown): void {
    this.#dependencies.logger.error({ error }, 'a heartbeat could not be answered');
    if (!exchange.response.headersSent) this.#refuse(exchange, 'failed');
    else exchange.response.destroy();
  }
}
