import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitTo, idsOf, NOW, systemHeardAt, whole } from '../conformance/samples.ts';
import { LivenessStoreError } from '../port/index.ts';
import { openSqliteLivenessStore } from './index.ts';

/**
 * What a store does on a disk that fills up and gets room again: run as a process of its own on a disk of its own,
 * given as argument. Writes one JSON array of what it saw, in the order of `FullDiskObservations`.
 */

export type FullDiskObservations = readonly [
  beforeFull: unknown,
  whileFull: unknown,
  loadedWhileFull: unknown,
  openedWhileFull: unknown,
  afterwards: unknown,
];

const answerOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof LivenessStoreError) return error.code;
    throw error;
  }
};

const observe = async (folder: string): Promise<FullDiskObservations> => {
  const store = await openSqliteLivenessStore({ path: join(folder, 'projection.db') });
  const systems = idsOf(5_000).map((id) => whole(systemHeardAt(id, NOW)));
  const beforeFull = await answerOf(store.commit(commitTo(null, 1, { systems: systems.slice(0, 100) })));

  const filler = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
  const whileFull = await answerOf(store.commit(commitTo(1, 2, { systems })));
  const loaded = await store.load(0);
  const another = await openSqliteLivenessStore({ path: join(folder, 'another.db') });
  const openedWhileFull = await answerOf(another.commit(commitTo(null, 1)));

  rmSync(filler);
  const afterwards = [
    await answerOf(store.commit(commitTo(1, 2, { systems }))),
    (await store.load(0))?.systems.length,
    await answerOf(another.commit(commitTo(null, 1))),
  ];
  await store.close();
  await another.close();
  return [beforeFull, whileFull, [loaded?.state.position, loaded?.systems.length], openedWhileFull, afterwards];
};

process.stdout.write(JSON.stringify(await observe(process.argv[2] ?? '')));
