import { describe, expect, it } from 'vitest';
import { NameTable } from './name-table.ts';

describe('the name table', () => {
  it('keeps a name once, as long as it is in use', () => {
    const names = new NameTable();
    const rome = names.intern('rome');
    expect(names.intern('rome')).toBe(rome);
    names.release(rome);
    expect([names.name(rome), names.size]).toEqual(['rome', 1]);
    names.release(rome);
    expect(names.size).toBe(0);
  });

  it('G12 uses the place of a forgotten name again', () => {
    const names = new NameTable();
    const oslo = names.intern('oslo');
    for (let i = 0; i < 1_000; i += 1) names.release(names.intern(`credential ${i}`));
    expect([names.name(oslo), names.size, names.intern('__proto__')]).toEqual(['oslo', 1, 1]);
  });

  it('refuses an index that it never gave', () => {
    expect(() => new NameTable().name(3)).toThrow('index 3');
  });
});
