/** Published events as examples. */

const SOURCE = '/earshot/bC3kZ0xAbC3k/partitions/0';
const SEEN_AT = '2026-03-01T10:00:00.400Z';
const DECIDED_AT = '2026-03-01T10:00:16.010Z';

export const TRANSITION_EXAMPLE: object = {
  specversion: '1.0',
  id: '1234/pump-7',
  source: SOURCE,
  type: 'io.earshot.system.offline.v1',
  subject: 'pump-7',
  time: DECIDED_AT,
  datacontenttype: 'application/json',
  data: {
    id: '1234/pump-7',
    system_id: 'pump-7',
    fleet: 'default',
    registration: 17,
    sequence: 2,
    from: 'online',
    to: 'offline',
    occurred_at: DECIDED_AT,
    decided_at: DECIDED_AT,
    ttl_seconds: 15,
    position: 1_234,
    verdict: {
      last_seen: SEEN_AT,
      since: SEEN_AT,
      ttl_seconds: 15,
      proven: DECIDED_AT,
      decided_at: DECIDED_AT,
      rule: 'contiguous',
      open_seconds: 15.61,
      open_since: '2026-03-01T09:59:58.000Z',
      outages: [],
      held_seconds: 0,
    },
  },
};

export const PARTITION_EVENT_EXAMPLE: object = {
  specversion: '1.0',
  id: '0/2821/fleet-silence-opened',
  source: SOURCE,
  type: 'io.earshot.fleet-silence.opened.v1',
  subject: '0/2821/fleet-silence-opened',
  time: '2026-03-01T12:15:01.010Z',
  datacontenttype: 'application/json',
  data: {
    event: 'fleet-silence-opened',
    id: '0/2821/fleet-silence-opened',
    position: 2_821,
    at: '2026-03-01T12:15:01.010Z',
    late: 26,
    listed: 40,
  },
};
