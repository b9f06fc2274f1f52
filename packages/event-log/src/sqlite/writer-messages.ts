import type { EpochMs, TopicSpec } from '@earshot/contracts';
import type { AppendGroup } from './record-appender.ts';
import type { WriterFailure } from './sqlite-failure.ts';
import type { StoredTopic } from './stored-topic.ts';

/** What the log's thread and the writer's thread say to each other. */

/** How the writer's thread is started. */
export interface WriterThreadOptions {
  readonly path: string;
  readonly fileBytesMax: number | null;
  readonly busyTimeoutMs: number;
  readonly reserveBytes: number;
}

export type WriterCall =
  | { readonly kind: 'prepare'; readonly specs: readonly TopicSpec[] }
  | { readonly kind: 'append'; readonly group: AppendGroup }
  | { readonly kind: 'maintain'; readonly now: EpochMs }
  | { readonly kind: 'close' };

export interface WriterRequest {
  readonly id: number;
  readonly call: WriterCall;
}

/** Answers are told apart by the request's id; the first message, id 0, says how opening went. */
export type WriterReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: WriterFailure };

export interface OpenedAnswer {
  readonly newestAppendedAt: EpochMs | null;
  readonly topics: readonly StoredTopic[];
}

/** Messages come from our own other half, so their shape is known; these functions say where that is relied on. */
export const parseThreadOptions = (message: unknown): WriterThreadOptions => message as WriterThreadOptions;
export const parseRequest = (message: unknown): WriterRequest => message as WriterRequest;
export const parseReply = (message: unknown): WriterReply => message as WriterReply;
export const parseOpened = (answer: unknown): OpenedAnswer => answer as OpenedAnswer;
export const parseTopics = (answer: unknown): readonly StoredTopic[] => answer as readonly StoredTopic[];
export const parseFirstPositions = (answer: unknown): readonly number[] => answer as readonly number[];
