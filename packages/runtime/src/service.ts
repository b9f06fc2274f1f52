/** What a process says about itself. */
export interface Health {
  /** Whether it can do its work now. */
  readonly ready: boolean;
  /** Why not, one short sentence each; empty when ready. */
  readonly reasons: readonly string[];
}

/** A service is a value: made from its dependencies, started and stopped by whoever composes the process. */
export interface Service {
  readonly start: () => Promise<void>;
  /** Twice is fine. */
  readonly stop: () => Promise<void>;
  readonly health: () => Health;
}

/** Health from a list of conditions: what must hold, and what to say when it does not. */
export const healthFrom = (conditions: readonly (readonly [boolean, string])[]): Health => {
  const reasons = conditions.filter(([holds]) => !holds).map(([, reason]) => reason);
  return { ready: reasons.length === 0, reasons };
};
