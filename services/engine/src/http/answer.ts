import type { ServerResponse } from 'node:http';
import { errorEnvelope, type ErrorStatus, type Fault, JSON_CONTENT_TYPE, validationEnvelope } from '@earshot/contracts';
import type { Outcome, Refusal } from '@earshot/registry';
import { answerText, type RawHeaders, retryAfter } from '@earshot/runtime';

/** What is answered to a call, before it becomes bytes. */
export type Answer =
  | {
      readonly status: 200 | 201;
      readonly message: string;
      readonly data: object;
      readonly headers?: RawHeaders;
    }
  | { readonly status: ErrorStatus; readonly headers?: RawHeaders }
  | { readonly faults: readonly Fault[] };

export const found = (data: object, headers: RawHeaders = []): Answer => ({
  status: 200,
  message: 'ok',
  data,
  headers,
});

export const changed = (data: object, headers: RawHeaders = []): Answer => ({
  status: 200,
  message: 'changed',
  data,
  headers,
});

export const created = (location: string, data: object, headers: RawHeaders = []): Answer => ({
  status: 201,
  message: 'created',
  data,
  headers: ['Location', location, ...headers],
});

export const NOT_FOUND: Answer = { status: 404 };

/** Cannot be decided or recorded now. */
export const unavailable = (): Answer => ({ status: 503, headers: retryAfter() });

export const invalid = (faults: readonly Fault[]): Answer => ({ faults });

const refused = (refusal: Refusal): Answer => {
  switch (refusal.reason) {
    case 'invalid':
      return { faults: refusal.faults };
    case 'not_found':
      return NOT_FOUND;
    case 'already_exists':
      return { status: 409 };
    case 'changed_meanwhile':
      return { status: 412 };
    case 'unavailable':
      return unavailable();
  }
};

/** The answer to a change: what `present` makes of what was done, or the status its refusal has. */
export const answerOutcome = <T>(outcome: Outcome<T>, present: (done: T) => Answer): Answer =>
  'refused' in outcome ? refused(outcome.refused) : present(outcome.done);

/** Answers about the state of things are true for a moment only. */
const FRESH: RawHeaders = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];

const bodyOf = (answer: Answer): { readonly status: number; readonly body: string } => {
  if ('faults' in answer) return { status: 400, body: validationEnvelope(answer.faults) };
  if ('data' in answer) {
    const { status, message, data } = answer;
    return { status, body: JSON.stringify({ code: status, message, data }) };
  }
  return { status: answer.status, body: errorEnvelope(answer.status) };
};

export const sendAnswer = (response: ServerResponse, answer: Answer): void => {
  const { status, body } = bodyOf(answer);
  const headers = 'faults' in answer ? [] : (answer.headers ?? []);
  answerText(response, status, { type: JSON_CONTENT_TYPE, body, headers: [...FRESH, ...headers] });
};
