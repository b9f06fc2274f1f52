import { LEDGER_OUTAGES_MAX } from '@earshot/contracts';
import type { Outage } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { OutageLedger } from './outage-ledger.ts';

const outage = (from: number, to: number): Outage => ({ from, to, cause: 'not_heard', ingest: 'i1' });

describe('the outage ledger', () => {
  it('G11 what was answered before does not hide what changed since', () => {
    const ledger = new OutageLedger([outage(10, 20)]);
    expect(ledger.since(5)).toEqual([outage(10, 20)]);
    ledger.extend(20, 30);
    expect(ledger.since(5)).toEqual([outage(10, 30)]);
  });

  it('G11 also when it is full', () => {
    const ledger = new OutageLedger(Array.from({ length: LEDGER_OUTAGES_MAX }, (_, i) => outage(i * 10, i * 10 + 5)));
    const before = ledger.since(0);
    ledger.add(outage(90_000, 90_005));
    expect(ledger.since(0)).toEqual([...before.slice(1), outage(90_000, 90_005)]);
  });

  it('T4 extends its newest outage only if that reaches so far', () => {
    const ledger = new OutageLedger([]);
    expect(ledger.extend(0, 10)).toBe(false);
    ledger.add(outage(0, 10));
    expect([ledger.extend(11, 20), ledger.extend(10, 20), ledger.extend(10, 15)]).toEqual([false, true, true]);
    expect(ledger.toArray()).toEqual([outage(0, 20)]);
  });
});
