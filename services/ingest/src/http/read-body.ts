import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { BODY_BYTES_MAX } from '@earshot/contracts';
import type { ReceivedBody } from '../domain/validate-body.ts';
import { type BodySink, DirectRequest } from './direct-request.ts';

/** `aborted`: the sender went away, or took too long, before the whole body was there. */
export type BodyResult = ReceivedBody | 'too_large' | 'aborted';

/** Whether the sender has announced a body over the bound. */
export const announcesTooMuch = (request: IncomingMessage): boolean =>
  Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX;

const NO_BYTES = Buffer.alloc(0);

/** Puts a body together; keeps nothing over the bound, and gives the result once. */
class BodyCollector implements BodySink {
  #done: ((body: BodyResult) => void) | null;
  #bytes: Buffer = NO_BYTES;

  constructor(done: (body: BodyResult) => void) {
    this.#done = done;
  }

  chunk(bytes: Buffer): void {
    if (this.#done === null) return;
    if (this.#bytes.length + bytes.length > BODY_BYTES_MAX) {
      this.#finish('too_large');
      return;
    }
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
  }

  end(): void {
    this.#finish({ text: this.#bytes.toString('utf8'), isUtf8: isUtf8(this.#bytes) });
  }

  aborted(): void {
    this.#finish('aborted');
  }

  #finish(body: BodyResult): void {
    const done = this.#done;
    this.#done = null;
    this.#bytes = NO_BYTES;
    done?.(body);
  }
}

/**
 * Gives the body to `done`, once, when it is there as a whole or can no longer come. Nothing over BODY_BYTES_MAX is
 * kept or waited for: `too_large` comes as soon as that is known, and whatever follows is thrown away. To be called in
 * the turn in which the request arrived.
 */
export const readBody = (request: IncomingMessage, done: (body: BodyResult) => void): void => {
  const collector = new BodyCollector(done);
  if (request instanceof DirectRequest) {
    request.readDirectly(collector);
    return;
  }
  request.on('data', (chunk: Buffer) => collector.chunk(chunk));
  request.on('end', () => collector.end());
  request.on('error', () => collector.aborted());
  request.on('close', () => collector.aborted());
};
