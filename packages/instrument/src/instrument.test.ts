import { describe, expect, it } from 'vitest';
import { encodeHeartbeat } from './encode-heartbeat.ts';
import { createInstrument, type Instrument } from './instrument.ts';

const createHandDriven = (): { instrument: Instrument; at: { wall: number; monotonic: number } } => {
  const at = { wall: 1_704_900_000_000, monotonic: 77.25 };
  const instrument = createInstrument({
    build: '2aae3712',
    pid: 12345,
    wallNow: () => at.wall,
    monotonicNow: () => at.monotonic,
  });
  return { instrument, at };
};

describe('createInstrument', () => {
  it('says nothing before it is started, whatever beat it is given', () => {
    const { instrument } = createHandDriven();
    instrument.beat();
    expect(instrument.getHeartbeat()).toBeNull();
    instrument.start();
    expect(instrument.getHeartbeat()?.tick).toBe(0);
  });

  it('has the start as its last beat until the first', () => {
    const { instrument, at } = createHandDriven();
    instrument.start();
    at.wall += 5_000;
    at.monotonic += 5_000;
    expect(instrument.getHeartbeat()).toEqual({
      tick: 0,
      pid: 12345,
      build: '2aae3712',
      startTime: 1_704_900_000,
      uptime: 5,
      lastBeat: 1_704_900_000,
    });
  });

  it('counts beats and keeps the time of the newest', () => {
    const { instrument, at } = createHandDriven();
    instrument.start();
    at.wall += 1_500;
    at.monotonic += 1_500.9999;
    instrument.beat();
    at.wall += 250;
    instrument.beat();
    at.wall += 60_000;
    expect(encodeHeartbeat(instrument.getHeartbeat()!)).toBe(
      '{"tick":2,"pid":12345,"build":"2aae3712","startTime":1704900000.0,"uptime":1.5,"lastBeat":1704900001.75}',
    );
  });

  it('keeps its uptime when wall time is set back', () => {
    const { instrument, at } = createHandDriven();
    instrument.start();
    at.wall -= 3_600_000;
    at.monotonic += 2_000;
    instrument.beat();
    expect(instrument.getHeartbeat()).toMatchObject({
      uptime: 2,
      startTime: 1_704_900_000,
      lastBeat: 1_704_896_400,
    });
  });

  it('starts once', () => {
    const { instrument, at } = createHandDriven();
    instrument.start();
    instrument.beat();
    at.wall += 1_000;
    instrument.start();
    expect(instrument.getHeartbeat()).toMatchObject({ tick: 1, startTime: 1_704_900_000 });
  });

  it('needs no arguments: this process, the clocks of the system', () => {
    const instrument = createInstrument();
    const before = Math.floor(Date.now()) / 1_000;
    instrument.start();
    instrument.beat();
    const heartbeat = instrument.getHeartbeat();
    const after = Date.now() / 1_000;
    expect(heartbeat).toMatchObject({ tick: 1, pid: process.pid, build: 'dev-unknown' });
    expect(heartbeat!.startTime).toBeGreaterThanOrEqual(before);
    expect(heartbeat!.lastBeat).toBeLessThanOrEqual(after);
    expect(heartbeat!.uptime).toBeGreaterThanOrEqual(0);
  });
});
