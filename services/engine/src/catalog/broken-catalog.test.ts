import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../application/catalog.ts';
import { damageFile } from '../testing/damage-file.ts';
import { enter, happen } from '../testing/fill-catalog.ts';
import { AT, systemEntry, transition } from '../testing/records.ts';
import { openCatalog } from './open-catalog.ts';

const BROKEN = { code: 'EARSHOT_CATALOG_BROKEN' };
const UNAVAILABLE = { code: 'EARSHOT_CATALOG_UNAVAILABLE' };
const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
};

describe('a catalog that breaks while it is open', () => {
  let folder: string;
  let path: string;
  let replaced: string[];
  let catalog: Catalog;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-broken-catalog-'));
    path = join(folder, 'catalog.db');
    replaced = [];
    catalog = openCatalog({
      path,
      clock: { wallNow: () => AT, monotonicNow: () => 0, after: () => ({ cancel: () => undefined }) },
      onReplaced: (which) => replaced.push(which),
    });
    enter(catalog, [systemEntry('a')]);
    happen(catalog, [transition('a', { to: 'offline' })]);
  });
  afterEach(() => {
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });
  /** Does something to its tables behind its back. */
  const alter = (sql: string): void => {
    const other = new DatabaseSync(path);
    other.exec(sql);
    other.close();
  };

  it('says so, answers nothing more, and can be begun anew in place of the damaged file', () => {
    const identity = catalog.identity();
    damageFile(path);
    expect(thrownBy(() => catalog.systems.totals())).toMatchObject(BROKEN);
    expect(catalog.isReadable()).toBe(false);
    expect(thrownBy(() => catalog.identity())).toMatchObject(BROKEN);
    expect(thrownBy(() => catalog.sources.noteReached('registry', 0, 9))).toMatchObject(BROKEN);
    catalog.reset();
    expect(replaced).toEqual([path]);
    expect(existsSync(`${path}.unusable`)).toBe(true);
    expect([catalog.isReadable(), catalog.systems.totals().systems]).toEqual([true, 0]);
    expect(catalog.identity()).not.toBe(identity);
    enter(catalog, [systemEntry('b')]);
    expect(catalog.systems.find('b')).not.toBeNull();
  });

  it.each([
    ['a value of another kind', `UPDATE system SET ttl_ms = 'long'`],
    ['a text that is no JSON', `UPDATE transition SET verdict = '{'`],
    ['a table that is gone', 'DROP TABLE system'],
  ])('takes %s for a broken file', (_what, sql) => {
    alter(sql);
    expect(thrownBy(() => catalog.systems.find('a'))).toMatchObject(BROKEN);
    catalog.reset();
    expect(catalog.systems.find('a')).toBeNull();
  });

  it('is only not to be written while another process holds it', () => {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    expect(thrownBy(() => catalog.sources.noteReached('registry', 0, 9))).toMatchObject(UNAVAILABLE);
    expect(thrownBy(() => catalog.reset())).toMatchObject(UNAVAILABLE);
    expect([catalog.isReadable(), catalog.systems.find('a')?.systemId]).toEqual([true, 'a']);
    other.exec('ROLLBACK');
    other.close();
    catalog.sources.noteReached('registry', 0, 9);
    expect([catalog.sources.position('registry', 0)?.position, replaced]).toEqual([9, []]);
  });

  it('can be begun anew later where that is not possible now', () => {
    damageFile(path);
    expect(thrownBy(() => catalog.systems.totals())).toMatchObject(BROKEN);
    rmSync(folder, { recursive: true });
    expect(thrownBy(() => catalog.reset())).toMatchObject(UNAVAILABLE);
    expect(thrownBy(() => catalog.systems.totals())).toMatchObject(BROKEN);
    mkdirSync(folder);
    catalog.reset();
    expect([catalog.isReadable(), catalog.systems.totals().systems]).toEqual([true, 0]);
  });

  it('leaves a mistake of ours what it is', () => {
    const record = { position: 1, appendedAt: AT, key: 'system/b', value: null };
    const wrong = {
      ...record,
      get value(): null {
        throw new RangeError('a mistake');
      },
    };
    expect(thrownBy(() => catalog.sources.apply('registry', 0, [wrong]))).toBeInstanceOf(RangeError);
    expect(catalog.isReadable()).toBe(true);
  });
});
