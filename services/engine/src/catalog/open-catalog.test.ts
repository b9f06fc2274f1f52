import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../application/catalog.ts';
import { enter, happen } from '../testing/fill-catalog.ts';
import { AT, systemEntry, transition } from '../testing/records.ts';
import { openCatalog } from './open-catalog.ts';
import { CATALOG_VERSION } from './schema.ts';

describe('openCatalog', () => {
  let folder: string;
  let path: string;
  let replaced: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-catalog-'));
    path = join(folder, 'catalog.db');
    replaced = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (): Catalog =>
    openCatalog({
      path,
      clock: { wallNow: () => AT, monotonicNow: () => 0, after: () => ({ cancel: () => undefined }) },
      onReplaced: (which) => replaced.push(which),
    });
  const fill = (): string => {
    const catalog = open();
    enter(catalog, [systemEntry('a'), systemEntry('b')]);
    happen(catalog, [transition('a', { position: 7 })]);
    const identity = catalog.identity();
    catalog.close();
    return identity;
  };

  it('finds everything again, and where to go on', () => {
    const identity = fill();
    const again = open();
    expect(again.identity()).toBe(identity);
    expect(again.systems.totals()).toMatchObject({ systems: 2, online: 1, unseen: 1 });
    expect(again.sources.position('registry', 0)?.position).toBe(2);
    expect(again.sources.position('transitions', 0)?.position).toBe(8);
    expect(replaced).toEqual([]);
    again.close();
  });

  it('sets a file aside that is no database, and begins anew', () => {
    writeFileSync(path, 'no database at all, but long enough to be looked at as one'.repeat(100));
    const catalog = open();
    expect(replaced).toEqual([path]);
    expect(catalog.systems.totals().systems).toBe(0);
    expect(readFileSync(`${path}.unusable`, 'utf8')).toContain('no database at all');
    catalog.close();
  });

  it('sets a damaged file aside', () => {
    fill();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4_096, bytes.length);
    writeFileSync(path, bytes);
    const catalog = open();
    expect(replaced).toEqual([path]);
    expect(catalog.sources.position('registry', 0)).toBeNull();
    catalog.close();
  });

  it('sets a file of another version aside', () => {
    fill();
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${CATALOG_VERSION + 1}`);
    database.close();
    open().close();
    expect(replaced).toEqual([path]);
    expect(existsSync(`${path}.unusable`)).toBe(true);
  });

  it('is another catalog after it was emptied', () => {
    const identity = fill();
    const catalog = open();
    catalog.reset();
    expect(catalog.identity()).not.toBe(identity);
    expect(catalog.systems.totals().systems).toBe(0);
    enter(catalog, [systemEntry('c')]);
    expect(catalog.systems.find('c')).not.toBeNull();
    catalog.close();
  });

  it('takes in a batch whole or not at all', () => {
    const catalog = open();
    enter(catalog, [systemEntry('a')]);
    const broken = {
      position: 1,
      appendedAt: AT,
      key: 'system/b',
      get value(): string {
        throw new Error('cannot be read');
      },
    };
    const good = { position: 0, appendedAt: AT, key: 'system/x', value: JSON.stringify(systemEntry('x')) };
    expect(() => catalog.sources.apply('registry', 0, [good, broken])).toThrow('cannot be read');
    expect(catalog.systems.find('x')).toBeNull();
    expect(catalog.sources.position('registry', 0)?.position).toBe(1);
    catalog.close();
  });
});

describe('the registry in the catalog', () => {
  it('gives entries back as they were entered, secrets hashed as they were', () => {
    const catalog = openCatalog({
      path: null,
      clock: { wallNow: () => AT, monotonicNow: () => 0, after: () => ({ cancel: () => undefined }) },
      onReplaced: () => undefined,
    });
    const entry = systemEntry('0/1', {
      name: 'caf\u00e9',
      tags: ['z:1', 'a:2'],
      paused: true,
      paused_until: AT + 5,
      credentials: [
        { id: 'aaaaaaaa', sha256: 'f'.repeat(64), created_at: AT },
        { id: 'bbbbbbbb', sha256: '0'.repeat(64), salt: 's', created_at: AT + 1 },
      ],
    });
    enter(catalog, [entry]);
    expect(catalog.registry.system('0/1')).toEqual({ entry, revision: 0 });
    expect(catalog.registry.systemCredentials('0/1')).toEqual(entry.credentials);
    expect(catalog.registry.system('nobody')).toBeNull();
    enter(catalog, [{ ...entry, retired: true }]);
    expect(catalog.registry.system('0/1')?.entry.retired).toBe(true);
    expect(catalog.registry.systemCredentials('0/1')).toBeNull();
  });

  it('lets those go on who wait for a position, when it is reached, and refuses when that takes too long', async () => {
    let expire: () => void = () => undefined;
    const catalog = openCatalog({
      path: null,
      clock: {
        wallNow: () => AT,
        monotonicNow: () => 0,
        after: (_ms, run) => {
          expire = run;
          return { cancel: () => undefined };
        },
      },
      onReplaced: () => undefined,
    });
    const reached = catalog.registry.reached(1);
    enter(catalog, [systemEntry('a')]);
    await expect(reached).resolves.toBeUndefined();
    await expect(catalog.registry.reached(1)).resolves.toBeUndefined();
    const late = catalog.registry.reached(2);
    expire();
    await expect(late).rejects.toMatchObject({ code: 'EARSHOT_REGISTRY_BEHIND' });
  });
});
