import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const PAGE_BYTES = 4_096;

/** Overwrites everything but the header page of a database that somebody has open, as a failing disk would. */
export const damageFile = (path: string): void => {
  const database = new DatabaseSync(path);
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  database.close();
  const file = openSync(path, 'r+');
  const { size } = statSync(path);
  for (let at = PAGE_BYTES; at < size; at += PAGE_BYTES)
    writeSync(file, Buffer.alloc(PAGE_BYTES, 0xa5), 0, PAGE_BYTES, at);
  closeSync(file);
};
