import { describe, expect, it } from 'vitest';
import { NONE, SystemTable } from './system-table.ts';

describe('the system table', () => {
  it('keeps every row as it grows', () => {
    const systems = new SystemTable();
    for (let i = 0; i < 10_000; i += 1) {
      const row = systems.add(`s${i}`);
      systems.setSince(row, 2 ** 53 - i, i);
      systems.setTtl(row, 2_592_000_000 - i, i);
      systems.setFleet(row, `f${i % 7}`);
    }
    for (const i of [0, 63, 64, 95, 96, 9_999]) {
      const row = systems.find(`s${i}`);
      expect([systems.id(row), systems.since(row), systems.openAt(row)]).toEqual([`s${i}`, 2 ** 53 - i, i]);
      expect([systems.ttl(row), systems.ttlRevision(row), systems.fleet(row)]).toEqual([
        2_592_000_000 - i,
        i,
        `f${i % 7}`,
      ]);
    }
    expect(systems.size).toBe(10_000);
  });

  it('keeps state, pause, retirement and dirt apart', () => {
    const systems = new SystemTable();
    const row = systems.add('a');
    systems.setDirt(row, 2);
    systems.setState(row, 'online');
    expect(systems.isListed(row)).toBe(true);
    systems.setPaused(row, true);
    systems.setRetiredAt(row, 5);
    expect([systems.state(row), systems.isPaused(row), systems.isRetired(row), systems.dirt(row)]).toEqual([
      'online',
      true,
      true,
      2,
    ]);
    systems.setState(row, 'offline');
    systems.setPaused(row, false);
    expect([systems.state(row), systems.isPaused(row), systems.isRetired(row), systems.dirt(row)]).toEqual([
      'offline',
      false,
      true,
      2,
    ]);
  });

  it('G12 rows and names of systems that are forgotten are used again', () => {
    const systems = new SystemTable();
    const row = systems.add('a');
    systems.setFleet(row, 'rome');
    for (let i = 0; i < 100; i += 1) systems.setCredential(row, `k${i}`);
    expect(systems.names).toBe(2);
    systems.remove(row);
    expect([systems.find('a'), systems.size, systems.names]).toEqual([NONE, 0, 0]);
    expect(systems.add('b')).toBe(row);
    expect([systems.fleet(row), systems.credential(row), systems.state(row)]).toEqual(['', '', 'unseen']);
  });
});
