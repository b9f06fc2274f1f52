/** One setting: its name, what it may be, and what holds when it is not given. */
export interface Setting<T> {
  readonly name: string;
  /** May also be given as `<name>_FILE`, the path of a file that holds it. */
  readonly secret: boolean;
  /** Null when the text is not one; `expected` then says what is. */
  parse(text: string): T | null;
  readonly expected: string;
  readonly fallback: T;
  /** There is no fallback: not giving it is a fault. */
  readonly required?: boolean;
}

const make = <T>(setting: Omit<Setting<T>, 'secret'> & { readonly secret?: boolean }): Setting<T> => ({
  secret: false,
  ...setting,
});

/** Any text; an empty one counts as not given. */
export const textSetting = (name: string, fallback: string): Setting<string> =>
  make({ name, fallback, expected: 'a text', parse: (text) => text });

/** A path or text that has no default: null when not given. */
export const optionalTextSetting = (name: string): Setting<string | null> =>
  make<string | null>({ name, fallback: null, expected: 'a text', parse: (text) => text });

/** A secret: at least so many characters, null when not given. Never shown in a fault. */
export const secretSetting = (name: string, lengthMin: number): Setting<string | null> =>
  make<string | null>({
    name,
    secret: true,
    fallback: null,
    expected: `a secret of at least ${lengthMin} characters`,
    parse: (text) => (text.length >= lengthMin ? text : null),
  });

/** A secret that must be given. */
export const requiredSecretSetting = (
  name: string,
  { lengthMin, expected }: { readonly lengthMin: number; readonly expected: string },
): Setting<string> =>
  make({
    name,
    secret: true,
    required: true,
    fallback: '',
    expected,
    parse: (text) => (text.length >= lengthMin ? text : null),
  });

/** Texts separated by commas, at least one; must be given. */
export const listSetting = (name: string, expected: string): Setting<readonly string[]> =>
  make<readonly string[]>({
    name,
    required: true,
    fallback: [],
    expected,
    parse: (text) => {
      const items = text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      return items.length === 0 ? null : items;
    },
  });

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

export const booleanSetting = (name: string, fallback: boolean): Setting<boolean> =>
  make({
    name,
    fallback,
    expected: 'true or false',
    parse: (text) => (TRUE.has(text.toLowerCase()) ? true : FALSE.has(text.toLowerCase()) ? false : null),
  });

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
}

/** A whole number; both bounds are allowed. */
export const integerSetting = (name: string, fallback: number, bounds: IntegerBounds): Setting<number> =>
  make({
    name,
    fallback,
    expected: `a whole number from ${bounds.min} to ${bounds.max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= bounds.min && value <= bounds.max ? value : null;
    },
  });

export const portSetting = (name: string, fallback: number): Setting<number> =>
  integerSetting(name, fallback, { min: 0, max: 65_535 });

export const choiceSetting = <const T extends string>(name: string, fallback: T, choices: readonly T[]): Setting<T> =>
  make({
    name,
    fallback,
    expected: `one of ${choices.join(', ')}`,
    parse: (text) => choices.find((choice) => choice === text) ?? null,
  });
