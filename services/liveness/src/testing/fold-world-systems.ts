import type { DurationMs, EpochMs, HeartbeatRecord, SystemRecord } from '@earshot/contracts';
import { append, plan, type Entry, type Making, type Sender } from './fold-world-making.ts';

/** Ids that break whoever keeps them in an object, splits them or compares them by locale. */
const HOSTILE_IDS = [
  '__proto__',
  'constructor',
  'partition',
  '0/1',
  'a:b',
  'é',
  'e\u0301',
  '😀',
  '\uffff',
  '7',
  'Z',
  'a',
];
const FLEETS = ['', 'north', 'south'];
const PACES = [
  [0.35, 0.45],
  [0.6, 0.7],
  [0.3, 1.1],
] as const;

/** A system that sends from some time on, known to the registry before or not. */
export const addSender = (m: Making, index: number): void => {
  const { random } = m;
  const entry: Entry = {
    ttlMs: random.pick(m.climate.ttls),
    fleet: random.pick(FLEETS),
    paused: false,
    retired: false,
    revision: m.revision,
  };
  const hostile = random.chance(0.5) ? HOSTILE_IDS[index] : undefined;
  const systemId = hostile ?? `system-${index}`;
  const sender: Sender = {
    systemId,
    pace: random.pick(PACES),
    entry,
    entries: [entry],
    lastSeen: m.time + m.offset,
    plan: 0,
  };
  m.senders.push(sender);
  if (random.chance(0.3)) plan(m, random.whole(0, 20_000), () => changeSetting(m, sender));
  planHeartbeat(m, sender, random.whole(0, 15_000));
};

/** The instants of log time at which something is decided about it, if it stays silent. */
export const decidingInstants = (sender: Sender): readonly EpochMs[] =>
  [0.75, 1, 1, 2].map((share) => sender.lastSeen + Math.ceil(share * sender.entry.ttlMs));

/** Its next heartbeat; whatever was planned before is void. */
const planHeartbeat = (m: Making, sender: Sender, inMs: DurationMs): void => {
  sender.plan += 1;
  const mine = sender.plan;
  plan(m, inMs, () => {
    if (sender.plan === mine) sendHeartbeat(m, sender);
  });
};

const sendHeartbeat = (m: Making, sender: Sender): void => {
  const { random } = m;
  const entry = random.chance(0.08) ? random.pick(sender.entries) : sender.entry;
  const record: HeartbeatRecord = {
    type: 'heartbeat',
    ttl_ms: entry.ttlMs,
    revision: m.climate.isLawless && random.chance(0.02) ? m.revision + 1 : entry.revision,
    fleet: random.chance(0.03) ? random.pick(FLEETS) : entry.fleet,
    ...(random.chance(0.5) && { credential: random.pick(['key-1', 'key-2']) }),
  };
  append(m, sender.systemId, record);
  if (random.chance(0.05)) append(m, sender.systemId, record);
  sender.lastSeen = m.newest;
  planHeartbeat(m, sender, silence(m, sender));
};

/** How long it is silent now: as usual, too long, or to the millisecond around a deciding instant. */
const silence = (m: Making, sender: Sender): DurationMs => {
  const { random } = m;
  const { ttlMs } = sender.entry;
  const [least, most] = sender.pace;
  if (random.chance(m.climate.quiet)) return ttlMs * random.pick([1 + 4 * random.next(), 1 + random.next(), 8]);
  if (random.chance(0.15)) return random.pick(decidingInstants(sender)) - m.offset - m.time + random.whole(-1, 1);
  return ttlMs * (least + (most - least) * random.next());
};

/** A change in the registry, and the record of it: now, later (out of order then), or twice. */
export const changeSetting = (m: Making, sender: Sender): void => {
  const { random } = m;
  m.revision += random.whole(1, 3);
  sender.entry = { ...sender.entry, ...change(m, sender.entry), revision: m.revision };
  sender.entries.push(sender.entry);
  const { ttlMs, fleet, paused, retired, revision } = sender.entry;
  const record: SystemRecord = { type: 'system', ttl_ms: ttlMs, fleet, paused, retired, revision };
  const tell = (): void => append(m, sender.systemId, record);
  if (random.chance(0.3)) plan(m, random.whole(1, 20_000), tell);
  else tell();
  if (random.chance(0.1)) plan(m, random.whole(1, 40_000), tell);
};

const change = ({ random, climate }: Making, entry: Entry): Partial<Entry> => {
  if (entry.retired) return { retired: false, paused: random.chance(0.2), ttlMs: random.pick(climate.ttls) };
  return random.pick<Partial<Entry>>([
    { paused: !entry.paused },
    { paused: !entry.paused },
    { retired: true },
    { ttlMs: random.pick(climate.ttls) },
    { ttlMs: random.pick(climate.ttls), paused: random.chance(0.3) },
    { fleet: random.pick(FLEETS) },
    {},
  ]);
};

/** Many fall silent at one instant, for about as long as makes a fleet silence, or for good. */
export const silenceMany = (m: Making): void => {
  const { random } = m;
  const share = random.pick([0.1, 0.19, 0.25, 0.6, 1]);
  const ttlMs = Math.max(...m.climate.ttls.filter((each) => each < 100_000));
  for (const sender of m.senders.filter(() => random.chance(share))) {
    planHeartbeat(m, sender, random.chance(0.8) ? ttlMs * (0.7 + 2 * random.next()) : 100 * ttlMs);
  }
};
