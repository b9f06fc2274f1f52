import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from './partition.ts';

/** Values that Kafka's own Java client computes. */
const JAVA_HASHES: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

describe('murmur2', () => {
  it.each(JAVA_HASHES)('hashes %s as the Java client does', (text, hash) => {
    expect(murmur2(new TextEncoder().encode(text))).toBe(hash);
  });
});

describe('partitionOf', () => {
  it('takes the hash without its sign, modulo the partitions', () => {
    for (const [text, hash] of JAVA_HASHES) expect(partitionOf(text, 12)).toBe((hash & 0x7fffffff) % 12);
  });

  it('puts everything into the one partition there is', () => {
    expect(partitionOf('anything', 1)).toBe(0);
  });

  it('spreads ids about evenly, whatever they look like', () => {
    const counts = Array.from({ length: 12 }, () => 0);
    for (let n = 0; n < 12_000; n += 1) {
      const partition = partitionOf(`urn:system:${n}:é🦊`, 12);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });
});
