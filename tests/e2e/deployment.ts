/** A running Earshot as its users meet it: two addresses and some secrets. The same for every form it can run in. */
export interface Deployment {
  readonly ingestUrl: string;
  readonly engineUrl: string;
  /** Where each of its processes is scraped. */
  readonly metricsUrls: readonly string[];
  readonly operatorToken: string;
  /** Of the fleet `default`. */
  readonly credential: Credential;
  /** Asks it to end (SIGTERM) and answers the exit code. */
  stop(): Promise<number>;
  /** Ends it without asking (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again where it was, on the same addresses. */
  start(): Promise<void>;
  /** Throws the projection away, the one thing that may be lost. */
  loseProjection(): Promise<void>;
  /** Ends it if it still runs and removes what it kept. */
  destroy(): Promise<void>;
}

export interface Credential {
  readonly username: string;
  readonly password: string;
}

export interface DeploymentOptions {
  /** Settings beyond the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** An existing folder to keep data in; a new one where none is given. */
  readonly dataDirectory?: string;
}
