import type { Database } from './database.ts';
import { integerOf } from './row-values.ts';

/** The number a fleet's name has in this catalog; it is given one when it has none. */
export const fleetNumber = (database: Database, name: string): number => {
  const known = knownFleetNumber(database, name);
  return known ?? database.run('INSERT INTO fleet (name) VALUES (:name)', { name });
};

export const knownFleetNumber = (database: Database, name: string): number | null => {
  const row = database.first('SELECT number FROM fleet WHERE name = :name', { name });
  return row === null ? null : integerOf(row, 'number');
};

const tagNumber = (database: Database, name: string): number => {
  const row = database.first('SELECT number FROM tag WHERE name = :name', { name });
  return row === null ? database.run('INSERT INTO tag (name) VALUES (:name)', { name }) : integerOf(row, 'number');
};

/** A system has exactly these tags from now on. */
export const replaceTags = (
  database: Database,
  change: { readonly system: number; readonly before: readonly string[]; readonly after: readonly string[] },
): void => {
  const { system } = change;
  const after = new Set(change.after);
  const before = new Set(change.before);
  for (const name of after) {
    if (before.has(name)) continue;
    database.run('INSERT OR IGNORE INTO system_tag VALUES (:tag, :system)', { tag: tagNumber(database, name), system });
  }
  for (const name of before) {
    if (after.has(name)) continue;
    database.run('DELETE FROM system_tag WHERE tag = :tag AND system = :system', {
      tag: tagNumber(database, name),
      system,
    });
  }
};
