import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitTo, idsOf, rewriteTo, systemHeardAt, whole } from '../conformance/samples.ts';
import { COMMIT_SYSTEMS_MAX, type LivenessStore } from '../port/index.ts';
import { openSqliteLivenessStore, type ProjectionLoss } from './index.ts';

let folder: string;
let path: string;
let losses: ProjectionLoss[];
let opened: LivenessStore[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-projection-'));
  path = join(folder, 'data', 'projection.db');
  losses = [];
  opened = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(folder, { recursive: true });
});

const open = async (): Promise<LivenessStore> => {
  const store = await openSqliteLivenessStore({ path, lockWaitMs: 20, onLost: (loss) => losses.push(loss) });
  opened.push(store);
  return store;
};
const storedAt = async (position: number, systems = 1_000): Promise<LivenessStore> => {
  const store = await open();
  const changes = idsOf(systems).map((id) => whole(systemHeardAt(id)));
  expect(await store.rewrite(rewriteTo(position, { systems: changes }))).toEqual({ accepted: true });
  return store;
};
/** A file at the path, written by somebody else. */
const somebodyElses = async (content: string | ((database: DatabaseSync) => void)): Promise<void> => {
  await (await open()).close();
  rmSync(path);
  if (typeof content === 'string') {
    writeFileSync(path, content);
    return;
  }
  const database = new DatabaseSync(path);
  content(database);
  database.close();
};
/** Nothing is stored, and the store works. */
const expectEmpty = async (store: LivenessStore): Promise<void> => {
  expect(await store.load(0)).toBeNull();
  expect(await store.commit(commitTo(null, 1))).toEqual({ accepted: true });
};

describe('what the store finds when it is opened', () => {
  it('P5 a missing file and folder are made, and nobody is told', async () => {
    await expectEmpty(await open());
    expect(existsSync(path)).toBe(true);
    expect(losses).toEqual([]);
  });

  it('P5 an empty file is a missing one', async () => {
    await somebodyElses('');
    await expectEmpty(await open());
    expect(losses).toEqual([]);
  });

  it.each(['garbage', 'garbage\n'.repeat(10_000), 'SQLite format 3\u0000 and no more'])(
    'P5 a file that is no database is set aside and replaced by an empty one: %.20s',
    async (garbage) => {
      await somebodyElses(garbage);
      await expectEmpty(await open());
      expect(losses).toMatchObject([{ reason: 'corrupt', path, keptAs: `${path}.set-aside` }]);
      expect(readFileSync(`${path}.set-aside`, 'utf8')).toBe(garbage);
    },
  );

  it('P5 another version of the projection is set aside', async () => {
    await (await storedAt(5)).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 999');
    database.close();
    await expectEmpty(await open());
    expect(losses).toMatchObject([{ reason: 'other_version', keptAs: `${path}.set-aside` }]);
  });

  it("P5 another application's database is set aside as it is", async () => {
    await somebodyElses((database) => database.exec('CREATE TABLE theirs (value); INSERT INTO theirs VALUES (42)'));
    const before = readFileSync(path);
    await expectEmpty(await open());
    expect(losses).toMatchObject([{ reason: 'other_version' }]);
    expect(readFileSync(`${path}.set-aside`).equals(before)).toBe(true);
  });

  it('P5 of several files set aside only the newest is kept', async () => {
    for (const content of ['first', 'second']) {
      await somebodyElses(content);
      const store = await open();
      await expectEmpty(store);
      await store.close();
    }
    expect(readFileSync(`${path}.set-aside`, 'utf8')).toBe('second');
    expect(readdirSync(join(folder, 'data')).filter((name) => name.includes('aside'))).toHaveLength(1);
  });

  it('a path that no file can have is refused with a code', async () => {
    writeFileSync(join(folder, 'data'), 'in the way');
    await expect(open()).rejects.toMatchObject({ code: 'EARSHOT_STORE_MISCONFIGURED' });
    rmSync(join(folder, 'data'));
    path = folder;
    await expect(open()).rejects.toMatchObject({ code: 'EARSHOT_STORE_MISCONFIGURED' });
  });
});

describe('what happens to the file while it is open', () => {
  it('P6 a removed file is noticed at the next call, also one that only reads', async () => {
    const store = await storedAt(5);
    rmSync(path);
    expect(await store.readSystems(0, ['system-1'])).toEqual([]);
    expect(losses).toMatchObject([{ reason: 'removed', keptAs: null }]);
    await expectEmpty(store);
  });

  it('P6 a removed folder is made again', async () => {
    const store = await storedAt(5);
    rmSync(join(folder, 'data'), { recursive: true });
    expect(await store.commit(commitTo(5, 6))).toEqual({ accepted: false, stored: null });
    await expectEmpty(store);
  });

  it('P6 what is stored after a removal is there when the store is opened again', async () => {
    const store = await storedAt(5);
    rmSync(path);
    await expectEmpty(store);
    await store.close();
    expect((await (await open()).load(0))?.state.position).toBe(1);
    expect(losses).toHaveLength(1);
  });

  it.each([0, 4_096])('P6 a file cut to %i bytes is noticed at the next call', async (bytes) => {
    const store = await storedAt(5, COMMIT_SYSTEMS_MAX);
    await store.close();
    const again = await open();
    expect((await again.load(0))?.state.position).toBe(5);
    truncateSync(path, bytes);
    expect(await again.commit(commitTo(5, 6))).toEqual({ accepted: false, stored: null });
    expect(losses).toMatchObject([{ reason: 'emptied', keptAs: `${path}.set-aside` }]);
    expect(statSync(`${path}.set-aside`).size).toBe(bytes);
    await expectEmpty(again);
  });

  it('P6 a file that was never filled and is cut to nothing is noticed', async () => {
    const store = await open();
    truncateSync(path, 0);
    await expectEmpty(store);
    expect(losses).toMatchObject([{ reason: 'emptied' }]);
  });

  it('P6 a file that becomes unreadable is set aside, and the commit that found it is refused with null', async () => {
    await (await storedAt(5, COMMIT_SYSTEMS_MAX)).close();
    const store = await open();
    const bytes = statSync(path).size;
    writeFileSync(path, Buffer.alloc(bytes, 0xa5));
    const systems = idsOf(COMMIT_SYSTEMS_MAX).map((id) => whole(systemHeardAt(id)));
    expect(await store.commit(commitTo(5, 6, { systems }))).toEqual({ accepted: false, stored: null });
    expect(losses).toMatchObject([{ reason: 'corrupt', keptAs: `${path}.set-aside` }]);
    await expectEmpty(store);
  });

  it('P6 a stored document that is no JSON counts as unreadable', async () => {
    const store = await storedAt(5);
    const other = new DatabaseSync(path);
    other.exec(`UPDATE partition SET state = '{"position":'`);
    other.close();
    expect(await store.load(0)).toBeNull();
    expect(losses).toMatchObject([{ reason: 'corrupt' }]);
  });

  it('P6 an older copy moved into place is not mixed with the log of the newer file', async () => {
    const store = await storedAt(5, 10);
    const copy = join(folder, 'copy.db');
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.prepare('VACUUM INTO ?').run(copy);
    reader.close();
    await store.commit(commitTo(5, 6, { systems: idsOf(COMMIT_SYSTEMS_MAX).map((id) => whole(systemHeardAt(id, 1))) }));
    rmSync(path);
    writeFileSync(path, readFileSync(copy));
    const found = await store.load(0);
    expect(found?.state.position).toBe(5);
    expect(found?.systems).toHaveLength(10);
    const check = new DatabaseSync(path, { readOnly: true });
    expect(check.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    check.close();
    expect(losses).toMatchObject([{ reason: 'replaced', keptAs: null }]);
  });
});
