import type { RecordMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { AppendOutcome } from '../../port/index.ts';
import { outcomesOfSend } from './send-coverage.ts';

const PART = { kafkaName: 'a', partition: 0, recordCount: 2 };

const answer = (overrides: Partial<RecordMetadata> = {}): RecordMetadata => ({
  topicName: 'a',
  partition: 0,
  errorCode: 0,
  baseOffset: '7',
  logAppendTime: '1795447028099',
  ...overrides,
});

const withoutTime = (): RecordMetadata => {
  const { logAppendTime: _logAppendTime, ...rest } = answer();
  return rest;
};

const flat = (answers: readonly RecordMetadata[], part: typeof PART = PART): readonly AppendOutcome[] =>
  outcomesOfSend([part], answers).flat();

describe('coverage of a send', () => {
  it('L1 records of a covered partition follow its first position, under its own time', () => {
    const parts = [PART, { kafkaName: 'a', partition: 1, recordCount: 1 }];
    const answers = [answer({ partition: 1, baseOffset: '0', logAppendTime: '5' }), answer()];
    expect(outcomesOfSend(parts, answers)).toEqual([
      [
        { position: 7, appendedAt: 1_795_447_028_099 },
        { position: 8, appendedAt: 1_795_447_028_099 },
      ],
      [{ position: 0, appendedAt: 5 }],
    ]);
  });

  it('L1 a send that resolved without a partition has not sent it', () => {
    const outcomes = outcomesOfSend([PART, { ...PART, partition: 1 }], [answer()]);
    expect(outcomes[0]).toHaveLength(2);
    expect(outcomes[1]).toMatchObject([
      { error: { code: 'EARSHOT_LOG_UNAVAILABLE', mayHaveLanded: false } },
      { error: { code: 'EARSHOT_LOG_UNAVAILABLE', mayHaveLanded: false } },
    ]);
  });

  it('the same partition of another topic covers nothing', () => {
    expect(flat([answer({ topicName: 'b' })])).toMatchObject([{ error: {} }, { error: {} }]);
  });

  it.each([
    ['twice', [answer(), answer()]],
    ['with an error', [answer({ errorCode: 6 })]],
    ['without a position', [answer({ baseOffset: '-1' })]],
    ['with an empty position', [answer({ baseOffset: '' })]],
    ["without the broker's time", [answer({ logAppendTime: '-1' })]],
    ['without any time', [withoutTime()]],
  ])('L1 a partition answered %s is an error, and may have landed', (_how, answers) => {
    expect(flat(answers)).toMatchObject([{ error: { mayHaveLanded: true } }, { error: { mayHaveLanded: true } }]);
  });
});
