import { encodeHeartbeatTopicRecord, type HeartbeatRecord } from '@earshot/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heartbeatText } from './heartbeat-text.ts';

describe('heartbeatText', () => {
  it('is to the byte what the general encoder makes', () => {
    const records: fc.Arbitrary<HeartbeatRecord> = fc
      .record({
        ttl_ms: fc.integer({ min: 1, max: 2_592_000_000 }),
        revision: fc.nat(),
        fleet: fc.string({ unit: 'binary' }),
        credential: fc.string({ unit: 'binary' }),
      })
      .map((members) => ({ type: 'heartbeat', ...members }));
    fc.assert(fc.property(records, (record) => heartbeatText(record) === encodeHeartbeatTopicRecord(record)));
    expect(heartbeatText({ type: 'heartbeat', ttl_ms: 5 })).toBe('{"type":"heartbeat","ttl_ms":5}');
  });
});
