import { IncomingMessage } from 'node:http';

/**
 * Told what comes of a body: each chunk as the parser hands it over, then the end, or that it will never come. Exactly
 * one of the two.
 */
export interface BodySink {
  chunk(bytes: Buffer): void;
  end(): void;
  aborted(): void;
}

/**
 * A request whose body can be had without the machinery of a stream, which costs a fifth of all the work on a heartbeat.
 * It leans on how Node's parser hands over a body (`push` for each chunk, `push(null)` at the end), on `_consuming`, and
 * on `destroy` when the connection ends early. Whoever has not asked for this reads the stream as ever; whoever has gets
 * no events from it.
 */
export class DirectRequest extends IncomingMessage {
  /** Node looks at this when it has answered: a body that somebody reads is not to be thrown away. */
  _consuming = false;
  #sink: BodySink | null = null;

  /** Must be asked for in the turn in which the request arrived, before any of the body did. */
  readDirectly(sink: BodySink): void {
    this.#sink = sink;
    this._consuming = true;
  }

  override push(chunk: Buffer | null): boolean {
    const sink = this.#sink;
    if (sink === null) return super.push(chunk);
    if (chunk === null) {
      this.#sink = null;
      sink.end();
    } else {
      sink.chunk(chunk);
    }
    return true;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#sink?.aborted();
    this.#sink = null;
    super._destroy(error, callback);
  }
}
