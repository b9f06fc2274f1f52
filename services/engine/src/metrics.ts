import type { Heartbeat } from '@earshot/instrument';
import type { MetricsRegistry } from '@earshot/runtime';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Observation } from './application/observation.ts';
import type { LaneTotals } from './domain/system-query.ts';
import type { Surface } from './http/create-app.ts';

const STATES = ['unseen', 'online', 'offline'] as const;
const SURFACES: readonly Surface[] = ['contract', 'query', 'change'];
const STATUS_CLASSES = ['2xx', '4xx', '5xx'] as const;
const DURATION_SECONDS = [0.005, 0.02, 0.1, 0.5, 2];
/** Label of the fleets beyond the largest, summed up. A fleet of that name is among them. */
const OTHER_FLEETS = 'other';
const MS_PER_SECOND = 1_000;
const STATUS_CLASS_SIZE = 100;

export interface EngineMetricsOptions {
  readonly build: string;
  readonly version: string;
  readonly mode: 'embedded' | 'distributed';
  /** Asked at each scrape; both answer from memory. */
  readonly observation: () => Observation;
  readonly heartbeat: () => Heartbeat | null;
}

export interface EngineMetrics {
  readonly answered: (surface: Surface, status: number, seconds: number) => void;
}

type Registers = MetricsRegistry[];

const defineBuild = (registry: MetricsRegistry, options: EngineMetricsOptions): void => {
  const name = 'earshot_build_info';
  if (registry.getSingleMetric(name) !== undefined) return;
  const labelNames = ['version', 'build', 'mode'] as const;
  const info = new Gauge({ name, help: 'Which build this process runs; always 1.', labelNames, registers: [registry] });
  info.set({ version: options.version, build: options.build, mode: options.mode }, 1);
};

const byState = (totals: LaneTotals): readonly (readonly [(typeof STATES)[number], number])[] =>
  STATES.map((state) => [state, totals[state]]);

const defineSystems = (registers: Registers, observation: () => Observation): void => {
  new Gauge({
    name: 'earshot_engine_systems',
    help: 'Systems watched, by state.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      for (const [state, systems] of byState(observation().totals)) this.set({ state }, systems);
    },
  });
  const flags = [
    ['late', 'Systems silent for three quarters of their ttl.', (): number => observation().late],
    ['held', 'Systems due whose verdict is held.', (): number => observation().held],
    ['paused', 'Systems paused.', (): number => observation().totals.paused],
  ] as const;
  for (const [flag, help, systems] of flags) {
    new Gauge({
      name: `earshot_engine_systems_${flag}`,
      help,
      registers,
      collect() {
        this.set(systems());
      },
    });
  }
};

/** What is left of the totals when the largest fleets have theirs. */
const otherFleets = ({ totals, largestFleets }: Observation): LaneTotals => {
  const rest = { ...totals };
  for (const { totals: fleet } of largestFleets) {
    for (const state of STATES) rest[state] = Math.max(0, rest[state] - fleet[state]);
  }
  return rest;
};

const defineFleets = (registers: Registers, observation: () => Observation): void => {
  new Gauge({
    name: 'earshot_engine_fleet_systems',
    help: 'Systems of the largest fleets and of all others together, by state.',
    labelNames: ['fleet', 'state'] as const,
    registers,
    collect() {
      this.reset();
      for (const [state, systems] of byState(otherFleets(observation()))) {
        this.set({ fleet: OTHER_FLEETS, state }, systems);
      }
      for (const { fleet, totals } of observation().largestFleets) {
        for (const [state, systems] of byState(totals)) this.inc({ fleet, state }, systems);
      }
    },
  });
};

const defineState = (registers: Registers, options: EngineMetricsOptions): void => {
  const { observation, heartbeat } = options;
  new Gauge({
    name: 'earshot_engine_fleet_silence',
    help: 'Fleet silences that go on.',
    registers,
    collect() {
      this.set(observation().silences.length);
    },
  });
  new Counter({
    name: 'earshot_engine_beats_total',
    help: 'Observations completed.',
    registers,
    collect() {
      this.reset();
      this.inc(heartbeat()?.tick ?? 0);
    },
  });
  new Gauge({
    name: 'earshot_engine_last_beat_timestamp_seconds',
    help: 'When the newest observation was completed.',
    registers,
    collect() {
      const beat = heartbeat();
      this.set(beat === null || beat.tick === 0 ? 0 : beat.lastBeat);
    },
  });
  new Gauge({
    name: 'earshot_engine_projection_as_of_timestamp_seconds',
    help: 'Log time proven so far by the partition that is furthest behind.',
    registers,
    collect() {
      this.set((observation().proven ?? 0) / MS_PER_SECOND);
    },
  });
};

/** What the engine tells about itself. A scrape costs the same however many systems there are; nothing in it queries. */
export const createEngineMetrics = (registry: MetricsRegistry, options: EngineMetricsOptions): EngineMetrics => {
  const registers = [registry];
  defineBuild(registry, options);
  defineSystems(registers, options.observation);
  defineFleets(registers, options.observation);
  defineState(registers, options);
  const duration = new Histogram({
    name: 'earshot_engine_http_request_duration_seconds',
    help: 'From a request to the end of its answer.',
    labelNames: ['surface'] as const,
    buckets: DURATION_SECONDS,
    registers,
  });
  const requests = new Counter({
    name: 'earshot_engine_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['surface', 'status'] as const,
    registers,
  });
  for (const surface of SURFACES) {
    duration.zero({ surface });
    for (const status of STATUS_CLASSES) requests.inc({ surface, status }, 0);
  }
  return {
    answered: (surface, status, seconds) => {
      duration.observe({ surface }, seconds);
      requests.inc({ surface, status: `${Math.floor(status / STATUS_CLASS_SIZE)}xx` });
    },
  };
};
