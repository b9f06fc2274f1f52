/** A line of a stream of bytes, or why its text cannot be had. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly content: { readonly text: string } | { readonly fault: 'too_long' | 'not_utf8' };
}

const NEWLINE = 0x0a;

/**
 * The lines of a stream, without their ends, the last one with or without. Holds at most one line of `bytesMax` and
 * one chunk of the stream: of a longer line only the number comes. An error of the stream is thrown as it is.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Line, void> {
  const line = createLineBuffer(bytesMax);
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      line.add(chunk.subarray(start, end));
      number += 1;
      yield { number, content: line.take() };
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (!line.isEmpty()) yield { number: number + 1, content: line.take() };
}

interface LineBuffer {
  add(piece: Uint8Array): void;
  isEmpty(): boolean;
  take(): Line['content'];
}

const createLineBuffer = (bytesMax: number): LineBuffer => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pieces: Uint8Array[] = [];
  let size = 0;
  const text = (): Line['content'] => {
    const bytes = new Uint8Array(size);
    let offset = 0;
    for (const piece of pieces) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    try {
      return { text: decoder.decode(bytes) };
    } catch {
      return { fault: 'not_utf8' };
    }
  };
  return {
    add: (piece) => {
      size += piece.length;
      if (size > bytesMax) pieces = [];
      else if (piece.length > 0) pieces.push(piece);
    },
    isEmpty: () => size === 0,
    take: () => {
      const content: Line['content'] = size > bytesMax ? { fault: 'too_long' } : text();
      pieces = [];
      size = 0;
      return content;
    },
  };
};
