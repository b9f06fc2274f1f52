import { describe, expect, it } from 'vitest';
import { splitLines, type Line } from './split-lines.ts';

const read = async (pieces: readonly (string | readonly number[])[], bytesMax = 100): Promise<readonly Line[]> => {
  const chunks = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : Uint8Array.from(piece)));
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks;
  };
  const lines: Line[] = [];
  for await (const line of splitLines(source(), bytesMax)) lines.push(line);
  return lines;
};

const text = (number: number, line: string): Line => ({ number, content: { text: line } });

describe('splitLines', () => {
  it.each([
    { pieces: [], lines: [] },
    { pieces: [''], lines: [] },
    { pieces: ['a\nb\n'], lines: [text(1, 'a'), text(2, 'b')] },
    { pieces: ['a\nb'], lines: [text(1, 'a'), text(2, 'b')] },
    { pieces: ['a', 'b\n\nc'], lines: [text(1, 'ab'), text(2, ''), text(3, 'c')] },
    { pieces: ['\n'], lines: [text(1, '')] },
  ])('answers the lines of $pieces', async ({ pieces, lines }) => {
    expect(await read(pieces)).toEqual(lines);
  });

  it('puts a character together that two chunks share', async () => {
    expect(
      await read([
        [0xf0, 0x9f],
        [0x98, 0x80],
      ]),
    ).toEqual([text(1, '😀')]);
  });

  it('says which line is no UTF-8, and goes on', async () => {
    expect(await read([[0xff, 0x0a], 'b'])).toEqual([{ number: 1, content: { fault: 'not_utf8' } }, text(2, 'b')]);
  });

  it('G12 keeps nothing of a line that is too long, and goes on', async () => {
    const lines = await read(['12345\n123', '456', '7890\n12345'], 5);
    expect(lines).toEqual([text(1, '12345'), { number: 2, content: { fault: 'too_long' } }, text(3, '12345')]);
  });
});
