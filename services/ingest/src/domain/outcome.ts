/** What became of a request to the heartbeat path. A closed list: it labels a metric. */
export type Outcome = 'accepted' | 'invalid' | 'unauthenticated' | 'forbidden' | 'limited' | 'refused' | 'failed';
export const OUTCOMES: readonly Outcome[] = [
  'accepted',
  'invalid',
  'unauthenticated',
  'forbidden',
  'limited',
  'refused',
  'failed',
];
