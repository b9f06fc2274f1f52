import type { Deployment, DeploymentOptions } from './deployment.ts';
import { startEmbedded } from './embedded-deployment.ts';

/** The forms to run the same tests in. */
export const DEPLOYMENTS: readonly {
  readonly form: string;
  readonly start: (options?: DeploymentOptions) => Promise<Deployment>;
}[] = [{ form: 'embedded', start: startEmbedded }];
