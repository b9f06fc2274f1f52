import { createProcessGround, runProcess, sayReady } from '@earshot/runtime';
import { loadStandaloneSettings, type StandaloneSettings } from './config.ts';
import { createStandalone, type Standalone } from './create-standalone.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { loadOperatorToken } from './operator-token.ts';
import { startLines } from './start-lines.ts';

/** Says that everything is up: to a person in words, to a program in one line of JSON. */
const sayStarted = (
  standalone: Standalone,
  facts: { readonly settings: StandaloneSettings; readonly directory: DataDirectory; readonly build: string },
): void => {
  const { settings, directory, build } = facts;
  const credential = standalone.firstCredential();
  const urls = { ingest: standalone.ingestUrl(), engine: standalone.engineUrl() };
  const lines = startLines(
    {
      ingestUrl: urls.ingest,
      engineUrl: urls.engine,
      dataDirectory: directory.path,
      build,
      operatorTokenFile: settings.operatorToken === null ? directory.operatorToken : null,
      first: credential === null ? null : { ...credential, credentialFile: directory.firstCredential },
    },
    process.stderr.isTTY,
  );
  process.stderr.write(`${lines.join('\n')}\n`);
  sayReady(urls);
};

runProcess({
  start: async (onFatal) => {
    const { settings, warnings } = loadStandaloneSettings(process.env);
    const { clock, logger, metrics, build, version } = createProcessGround(settings, warnings);
    const directory = openDataDirectory(settings.dataDirectory);
    const operatorToken = loadOperatorToken(directory.operatorToken, settings.operatorToken);
    const ground = { settings, directory, operatorToken, build, version, clock, logger, metrics };
    const standalone = await createStandalone({ ...ground, onFatal });
    await standalone.start();
    sayStarted(standalone, { settings, directory, build });
    return { logger, stop: standalone.stop };
  },
});
