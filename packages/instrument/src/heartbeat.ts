/** What a process says of itself: the published six members, in the published order. */
export interface Heartbeat {
  /** Beats so far. */
  readonly tick: number;
  readonly pid: number;
  /** Git commit, 8 hex digits, or `dev-unknown`. */
  readonly build: string;
  /** Unix seconds of `start()`. */
  readonly startTime: number;
  /** Seconds since `start()` on a clock that nobody sets. */
  readonly uptime: number;
  /** Unix seconds of the newest beat; `startTime` before the first. */
  readonly lastBeat: number;
}

/** JSON Schema (draft 7) of `GET /api/system/heartbeat`: exactly the six members. */
export const HEARTBEAT_BODY_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: 'https://earshot.io/schemas/system-heartbeat.v1.json',
  title: 'system heartbeat',
  type: 'object',
  additionalProperties: false,
  required: ['tick', 'pid', 'build', 'startTime', 'uptime', 'lastBeat'],
  properties: {
    tick: { type: 'integer', minimum: 0, description: 'Beats so far.' },
    pid: { type: 'integer', minimum: 0, description: 'Process id.' },
    build: { type: 'string', minLength: 1, description: 'Git commit (8 hex digits) or dev-unknown.' },
    startTime: { type: 'number', description: 'Unix seconds at which instrumentation started.' },
    uptime: { type: 'number', minimum: 0, description: 'Seconds since then, on a monotonic clock.' },
    lastBeat: { type: 'number', description: 'Unix seconds of the newest beat; startTime before the first.' },
  },
};
