const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const encoder = new TextEncoder();

/** murmur2 of bytes, as Kafka's Java client computes it: a signed 32-bit integer. */
export const murmur2 = (bytes: Uint8Array): number => {
  const length = bytes.length;
  let h = SEED ^ length;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    let k = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const rest = length - whole;
  if (rest >= 3) h ^= (bytes[whole + 2] ?? 0) << 16;
  if (rest >= 2) h ^= (bytes[whole + 1] ?? 0) << 8;
  if (rest >= 1) {
    h ^= bytes[whole] ?? 0;
    h = Math.imul(h, M);
  }
  h ^= h >>> 13;
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
};

/** The partition of a key among `partitions`: equal to what Java clients choose for the same UTF-8 key. */
export const partitionOf = (key: string, partitions: number): number =>
  partitions === 1 ? 0 : (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions;
