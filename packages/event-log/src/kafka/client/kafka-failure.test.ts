import { describe, expect, it } from 'vitest';
import { EventLogError } from '../../port/index.ts';
import { faultOf, isRefusal, toEventLogError } from './kafka-failure.ts';

/** An error as kafkajs wraps it: the outer one says that it gave up. */
const gaveUp = (cause: Error): Error => new Error('gave up', { cause });

const protocolError = (type: string): Error => Object.assign(new Error(`said ${type}`), { type });

const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('failures of the client library', () => {
  it.each([
    [protocolError('MESSAGE_TOO_LARGE'), 'EARSHOT_LOG_RECORD_TOO_LARGE'],
    [protocolError('UNKNOWN_TOPIC_OR_PARTITION'), 'EARSHOT_LOG_UNKNOWN_TOPIC'],
    [protocolError('REQUEST_TIMED_OUT'), 'EARSHOT_LOG_TIMEOUT'],
    [protocolError('NOT_LEADER_FOR_PARTITION'), 'EARSHOT_LOG_UNAVAILABLE'],
    [protocolError('INVALID_REPLICATION_FACTOR'), 'EARSHOT_LOG_TOPIC_MISMATCH'],
    [named('KafkaJSRequestTimeoutError'), 'EARSHOT_LOG_TIMEOUT'],
    [named('KafkaJSConnectionError'), 'EARSHOT_LOG_UNAVAILABLE'],
  ])('L8 %s, however deep it is wrapped, is %s', (error, code) => {
    expect(toEventLogError(error, 'It failed').code).toBe(code);
    expect(toEventLogError(gaveUp(gaveUp(error)), 'It failed').code).toBe(code);
  });

  it('says what failed and why, and keeps the cause', () => {
    const error = gaveUp(protocolError('NOT_ENOUGH_REPLICAS'));
    const failure = toEventLogError(error, 'The records were not acknowledged', true);
    expect(failure.message).toBe('The records were not acknowledged: NOT_ENOUGH_REPLICAS: said NOT_ENOUGH_REPLICAS');
    expect(failure).toMatchObject({ mayHaveLanded: true, cause: error });
  });

  it('an error of the port stays as it is', () => {
    const error = new EventLogError('EARSHOT_LOG_CLOSED', 'closed');
    expect(toEventLogError(error, 'It failed', true)).toBe(error);
  });

  it('of several errors the first counts', () => {
    const several = Object.assign(new Error('several'), { errors: [protocolError('INVALID_CONFIG')] });
    expect(faultOf(several).type).toBe('INVALID_CONFIG');
  });

  it('what is no error is told as it is', () => {
    expect(faultOf('out of order')).toEqual({ type: null, name: 'string', message: 'out of order' });
  });

  it('L13 only an answer of the broker proves that nothing landed', () => {
    expect(isRefusal(gaveUp(protocolError('NOT_LEADER_FOR_PARTITION')))).toBe(true);
    expect(isRefusal(protocolError('NOT_ENOUGH_REPLICAS'))).toBe(true);
    expect(isRefusal(protocolError('NOT_ENOUGH_REPLICAS_AFTER_APPEND'))).toBe(false);
    expect(isRefusal(named('KafkaJSConnectionError'))).toBe(false);
    expect(isRefusal(named('KafkaJSRequestTimeoutError'))).toBe(false);
  });
});
