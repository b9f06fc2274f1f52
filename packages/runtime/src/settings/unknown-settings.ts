import { KNOWN_SETTINGS, TEST_SETTINGS_PREFIX } from './known-settings.ts';

/** Names closer than this to a known one are taken for typing errors. */
const EDIT_DISTANCE_MAX = 2;

/** Levenshtein distance of two short texts. */
export const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
};

/** Variables that orchestrators inject for services named like ours. */
export const isInjected = (name: string, value: string): boolean =>
  /_SERVICE_HOST$|_SERVICE_PORT(_.*)?$|_PORT_\d+_/.test(name) || (name.endsWith('_PORT') && value.startsWith('tcp://'));

export interface UnknownSettings {
  /** Nearly a known name. */
  readonly mistyped: readonly { readonly name: string; readonly known: string }[];
  /** Like nothing we know. */
  readonly unknown: readonly string[];
}

/** The `EARSHOT_*` names of an environment that no Earshot process knows. */
export const findUnknownSettings = (environment: Readonly<Record<string, string | undefined>>): UnknownSettings => {
  const known = new Set(KNOWN_SETTINGS.flatMap((name) => [name, `${name}_FILE`]));
  const isStranger = (name: string, value: string): boolean =>
    name.startsWith('EARSHOT_') &&
    !name.startsWith(TEST_SETTINGS_PREFIX) &&
    !known.has(name) &&
    !isInjected(name, value);
  const strangers = Object.entries(environment)
    .filter(([name, value]) => isStranger(name, value ?? ''))
    .map(([name]) => ({ name, known: KNOWN_SETTINGS.find((other) => editDistance(name, other) <= EDIT_DISTANCE_MAX) }));
  return {
    mistyped: strangers.flatMap(({ name, known: near }) => (near === undefined ? [] : [{ name, known: near }])),
    unknown: strangers.flatMap(({ name, known: near }) => (near === undefined ? [name] : [])),
  };
};
