import * as contracts from '@earshot/contracts';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { checkAlternation, checkOpenSilence, checkRepetition, checkTime, type Check } from '../testing/fold-checks.ts';
import { firstDifference, type CreateComparableFold } from '../testing/fold-comparison.ts';
import { createWorld } from '../testing/fold-worlds.ts';
import { muteHalfway } from '../testing/muted-world.ts';
import { createReferenceFold } from '../testing/reference-fold.ts';

/**
 * Tests of the tests: the reference is broken in one place at a time, by changing its text, and the comparison must
 * see it. So whatever a fold gets wrong in one of these places is seen too. What a guarantee's own check must see is
 * said in `checks`.
 */
interface Mutant {
  readonly mistake: string;
  /** Occurs exactly once in the sources of the reference. */
  readonly text: string;
  readonly instead: string;
  readonly checks?: readonly Check[];
}

const OPEN = checkOpenSilence;

const TIME: readonly Mutant[] = [
  { mistake: 'judges by now', text: '+ d <= p.proven', instead: '+ d <= p.now', checks: [OPEN] },
  { mistake: 'is due 1 ms late', text: '+ d <= p.proven', instead: '+ d < p.proven' },
  { mistake: 'is due 1 ms early', text: '+ d <= p.proven', instead: '+ d <= p.proven + 1', checks: [OPEN] },
  {
    mistake: 'forgets the open stretch',
    text: 'Math.max(s.since, p.openSince) + d',
    instead: 's.since + d',
    checks: [OPEN],
  },
  { mistake: 'lets time stand', text: 'Math.max(p.now, record.appendedAt)', instead: 'p.now', checks: [checkTime] },
  {
    mistake: 'lets time fall',
    text: 'Math.max(p.now, record.appendedAt)',
    instead: 'record.appendedAt',
    checks: [checkTime],
  },
  {
    mistake: 'sets back at 5 s',
    text: 'record.appendedAt < p.now - CLOCK',
    instead: 'record.appendedAt <= p.now - CLOCK',
  },
  {
    mistake: 'never sets back',
    text: "=== 'knock' && record.appendedAt",
    instead: "=== '?' && record.appendedAt",
    checks: [checkTime],
  },
  { mistake: 'keeps since when set back', text: 'if (s.since > w)', instead: 'if (s.since < -w)' },
  { mistake: 'keeps lastSeen when set back', text: 's.lastSeen > w', instead: 's.lastSeen < -w' },
  { mistake: 'keeps retiredAt when set back', text: 's.retiredAt > w', instead: 's.retiredAt < -w' },
  { mistake: 'keeps listeners when set back', text: 'l.at = l.timer = w', instead: 'l.timer = w' },
  { mistake: 'counts from proven', text: 't - Math.max(p.proven, p.openSince)', instead: 't - p.proven' },
  { mistake: 'counts nothing unproven', text: 't - Math.max(p.proven, p.openSince)', instead: '0' },
  { mistake: 'accumulates more than 3 ttl', text: 's.openAt >= ACC', instead: 's.openAt > ACC' },
  { mistake: 'accumulates 1 ttl', text: 'ACCUMULATED_TTLS * d', instead: 'd', checks: [OPEN] },
];

const LISTENING: readonly Mutant[] = [
  {
    mistake: 'hears repeated knocks',
    text: 'r.n <= previous.n',
    instead: 'r.n < previous.n',
    checks: [checkRepetition],
  },
  { mistake: 'hears any knock', text: 'r.n <= previous.n', instead: 'false', checks: [checkRepetition] },
  { mistake: 'closes at a gap of 3 s', text: 'p.now - previous.at > KNOCK', instead: 'p.now - previous.at >= KNOCK' },
  { mistake: 'never minds a gap', text: 'p.now - previous.at > KNOCK', instead: 'p.now < KNOCK', checks: [OPEN] },
  { mistake: 'never minds refusals', text: 'r.refused > 0', instead: 'r.refused < 0', checks: [OPEN] },
  { mistake: 'never minds names', text: 'named !== undefined', instead: 'named === null', checks: [OPEN] },
  { mistake: 'gives up at 30 s', text: 'p.now - l.timer > LISTENER', instead: 'p.now - l.timer >= LISTENER' },
  {
    mistake: 'gives up in silence',
    text: 'last === undefined ? null',
    instead: 'last !== null ? null',
    checks: [OPEN],
  },
  { mistake: 'gives up while nobody knocks', text: 'p.now - p.lastKnock <= KNOCK', instead: 'p.now >= KNOCK' },
  { mistake: 'trusts who is leaving', text: '!listener.leaving', instead: 'listener.n >= 0', checks: [OPEN] },
  {
    mistake: 'never minds that nobody listens',
    text: 'if (!isAnyoneStaying(p)) cause',
    instead: 'if (p.now < 0) cause',
  },
  { mistake: 'ignores a goodbye', text: 'if (r.goodbye)', instead: 'if (r.n < 0)' },
  { mistake: 'closes the last leaving not', text: 'isAnyoneStaying(p) ? null', instead: 'p.now > 0 ? null' },
  {
    mistake: 'proves by the newest knock',
    text: 'Math.min(...[...p.l',
    instead: 'Math.max(...[...p.l',
    checks: [OPEN],
  },
  { mistake: 'closes from now', text: 'from: p.proven, to', instead: 'from: p.now, to' },
  { mistake: 'merges nothing', text: 'last.to >= p.proven', instead: 'last.to < 0' },
  {
    mistake: 'counts closed time',
    text: 'heardUpTo - Math.max(p.proven, p.openSince)',
    instead: 'heardUpTo - p.proven',
  },
];

const SYSTEMS: readonly Mutant[] = [
  { mistake: 'takes a revision once', text: 'r.revision < known.revision', instead: 'r.revision <= known.revision' },
  { mistake: 'takes any revision', text: 'r.revision < known.revision', instead: 'r.revision < 0' },
  {
    mistake: 'revives by a stale heartbeat',
    text: 'r.revision <= known.revision ?',
    instead: 'r.revision < known.revision ?',
  },
  { mistake: 'lets another fleet in', text: '&& r.revision <= known.ttl', instead: '&& r.revision < known.ttl' },
  { mistake: 'resumes without a fresh ttl', text: '(s.paused && !r.paused)', instead: 'false' },
  { mistake: 'changes ttl without a fresh one', text: 'r.ttl_ms !== s.ttlMs', instead: 'r.ttl_ms < 0' },
  { mistake: 'refreshes at every upsert', text: 'if (isFresh)', instead: 'if (isNewer)' },
  { mistake: 'judges the paused', text: "=== 'online' && !s.paused", instead: "=== 'online'" },
  { mistake: 'judges the retired', text: '&& s.retiredAt === null', instead: '' },
  { mistake: 'forgets at 1 h', text: 's.retiredAt < p.now - TOMB', instead: 's.retiredAt <= p.now + TOMB' },
  { mistake: 'judges the muted', text: ' && p.position > s.mutedTo);', instead: ');' },
  {
    mistake: 'is muted a record too long',
    text: ' && p.position > s.mutedTo);',
    instead: ' && p.position > s.mutedTo + 1);',
  },
  { mistake: 'brings the muted online', text: ' && p.position > s.mutedTo) b', instead: ') b' },
  { mistake: 'forgets who is muted', text: 'p.systems.get(systemId)?.mutedTo ?? -1', instead: '-1' },
  { mistake: 'comes online again', text: "s.state !== 'online' &&", instead: '', checks: [checkAlternation] },
  { mistake: 'counts no transition', text: 's.sequence += 1', instead: 's.sequence += 0', checks: [checkAlternation] },
  { mistake: 'leaves gaps', text: 's.sequence += 1', instead: 's.sequence += 2', checks: [checkAlternation] },
];

const SILENCE: readonly Mutant[] = [
  { mistake: 'never holds', text: "hold: 'on', h", instead: "hold: 'released', h" },
  { mistake: 'holds without anyone due', text: 'listed.some((s) => isDue(p, s, s.ttlMs))', instead: 'p.now > 0' },
  { mistake: 'holds for a sixth', text: 'SILENCE_SHARE * late >= listed.length', instead: '6 * late >= listed.length' },
  { mistake: 'holds for 11', text: 'late >= SILENCE_LEAST', instead: 'late > SILENCE_LEAST' },
  { mistake: 'ends early', text: 'SILENCE_END_SHARE * silent < l', instead: '2 * silent < l' },
  { mistake: 'ends late', text: 'silent < SILENCE_LEAST', instead: 'silent < 2' },
  {
    mistake: 'ends by a closing',
    text: 'isLateSince(p, s, s.since)',
    instead: 'isLateSince(p, s, Math.max(s.since, p.openSince))',
  },
  { mistake: 'is late at the ttl', text: 'LATE_NUMERATOR * s.ttlMs', instead: 'LATE_DENOMINATOR * s.ttlMs' },
  { mistake: 'releases nothing', text: "p.hold !== 'on'", instead: "p.hold !== '?'" },
  { mistake: 'tells a released end again', text: "if (p.hold === 'on') {", instead: 'if (p.now > 0) {' },
];

const sources = ['reference-partition', 'reference-effects', 'reference-fold'].map((name) => ({
  path: `./${name}.ts`,
  source: readFileSync(new URL(`./${name}.ts`, import.meta.url), 'utf8'),
}));

const isCreate = (value: unknown): value is CreateComparableFold => typeof value === 'function';

/** Evaluates the sources of the reference with one text replaced. */
const breakReference = ({ text, instead }: Mutant): CreateComparableFold => {
  const modules = new Map<string, Record<string, unknown>>([['@earshot/contracts', contracts]]);
  for (const { path, source } of sources) {
    const script = stripTypeScriptTypes(source.replace(text, () => instead))
      .replaceAll(/import\s*\{([^}]*)\}\s*from '([^']+)';/g, "const {$1} = modules.get('$2');")
      .replaceAll(/export const (\w+)\s*=/g, 'const $1 = exported.$1 =');
    const exported = {};
    compileFunction(script, ['modules', 'exported'])(modules, exported);
    modules.set(path, exported);
  }
  const create = modules.get('./reference-fold.ts')?.['createReferenceFold'];
  if (!isCreate(create)) throw new Error('the reference exports no fold');
  return create;
};

const WORLDS_MAX = 400;

/** The first world for which `look` finds something; null if there is none. */
const firstWorld = (look: (seed: number) => unknown): number | null => {
  for (let seed = 1; seed <= WORLDS_MAX; seed += 1) if (look(seed) !== null) return seed;
  return null;
};

const difference = (seed: number, create: CreateComparableFold): unknown => {
  const world = createWorld(seed);
  const { start, rest } = muteHalfway(world);
  return (
    firstDifference(world, create(0), createReferenceFold(0)) ??
    firstDifference(rest, create(0, start), createReferenceFold(0, start))
  );
};

describe.each([
  { about: 'time', mutants: TIME },
  { about: 'listening', mutants: LISTENING },
  { about: 'systems', mutants: SYSTEMS },
  { about: 'fleet silence', mutants: SILENCE },
])('the comparison, of $about', ({ mutants }) => {
  it.each(mutants)('sees a fold that $mistake', (mutant) => {
    expect(sources.map(({ source }) => source.split(mutant.text).length - 1).reduce((a, b) => a + b)).toBe(1);
    const create = breakReference(mutant);
    expect(firstWorld((seed) => difference(seed, create))).not.toBeNull();
    for (const check of mutant.checks ?? []) {
      expect(firstWorld((seed) => check(createWorld(seed), create))).not.toBeNull();
    }
  });
});

describe('the comparison', () => {
  it('sees nothing where nothing is broken', () => {
    const create = breakReference({ mistake: '', text: 'p.proven', instead: 'p.proven' });
    expect(firstWorld((seed) => (seed > 50 ? null : difference(seed, create)))).toBeNull();
  });
});
