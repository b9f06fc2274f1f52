/** How full the append queue is, and whose records are in it. */
export interface QueueUse {
  readonly records: number;
  readonly recordsMax: number;
  /** Usernames with records in it. */
  readonly users: number;
  /** Records of the username in question. */
  readonly own: number;
}

/**
 * Whether a username takes more of the queue than its share. Asked only of a queue more than half full: until then
 * there is room for everyone. With nobody else in the queue the share is all of it.
 */
export const isAboveFairShare = (use: QueueUse): boolean => {
  if (use.records * 2 <= use.recordsMax) return false;
  const users = use.own === 0 ? use.users + 1 : use.users;
  return use.own * users >= use.recordsMax;
};
