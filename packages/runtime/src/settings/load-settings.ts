import { readFileSync } from 'node:fs';
import type { Setting } from './setting.ts';
import { findUnknownSettings, isInjected } from './unknown-settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
type Definitions = Readonly<Record<string, Setting<unknown>>>;
export type SettingsOf<D extends Definitions> = {
  readonly [K in keyof D]: D[K] extends Setting<infer T> ? T : never;
};

/** All that is wrong with the settings, one sentence each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'EARSHOT_SETTINGS_INVALID';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`settings are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

const readSecretFile = (name: string, path: string, faults: string[]): string | undefined => {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    faults.push(`${name}_FILE: ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`);
    return undefined;
  }
};

/** The text given for a setting; undefined when none was, or when reading it failed (a fault was noted then). */
const givenText = (setting: Setting<unknown>, environment: Environment, faults: string[]): string | undefined => {
  const direct = environment[setting.name];
  const file = setting.secret ? environment[`${setting.name}_FILE`] : undefined;
  if (direct !== undefined && direct !== '' && file !== undefined && file !== '') {
    faults.push(`${setting.name} and ${setting.name}_FILE are both given; give one`);
    return undefined;
  }
  if (file !== undefined && file !== '') return readSecretFile(setting.name, file, faults);
  return direct === undefined || direct === '' || isInjected(setting.name, direct) ? undefined : direct;
};

const readOne = (setting: Setting<unknown>, environment: Environment, faults: string[]): unknown => {
  const faultsBefore = faults.length;
  const text = givenText(setting, environment, faults);
  if (text === undefined) {
    if (setting.required === true && faults.length === faultsBefore) {
      faults.push(`${setting.name} is required: ${setting.expected}`);
    }
    return setting.fallback;
  }
  const value = setting.parse(text);
  if (value !== null) return value;
  faults.push(`${setting.name} must be ${setting.expected}${setting.secret ? '' : `, not ${JSON.stringify(text)}`}`);
  return setting.fallback;
};

export interface LoadedSettings<D extends Definitions> {
  readonly settings: SettingsOf<D>;
  /** Sentences worth a warning. */
  readonly warnings: readonly string[];
}

/**
 * Settings from the environment. An empty value counts as not given. Throws SettingsError with every fault at once, among them
 * `EARSHOT_*` names that are nearly a known one.
 */
export const loadSettings = <D extends Definitions>(definitions: D, environment: Environment): LoadedSettings<D> => {
  const faults: string[] = [];
  const settings = Object.fromEntries(
    Object.entries(definitions).map(([key, setting]) => [key, readOne(setting, environment, faults)]),
  ) as SettingsOf<D>;
  const { mistyped, unknown } = findUnknownSettings(environment);
  faults.push(...mistyped.map(({ name, known }) => `${name} is not a setting; did you mean ${known}?`));
  if (faults.length > 0) throw new SettingsError(faults);
  return { settings, warnings: unknown.map((name) => `${name} is not a setting of Earshot; ignored`) };
};
