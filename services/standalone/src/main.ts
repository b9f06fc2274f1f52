import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf, createLogger, type Logger, SettingsError, systemClock } from '@earshot/runtime';
import { loadStandaloneSettings, type StandaloneSettings } from './config.ts';
import { createStandalone, type Standalone } from './create-standalone.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { loadOperatorToken } from './operator-token.ts';
import { startLines } from './start-lines.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const FAILED = 1;

const versionOf = (root: string): string => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
};

/** Says that everything is up: to a person in words, to a program in one line of JSON. */
const sayReady = (
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
  if (!process.stdout.isTTY) process.stdout.write(`${JSON.stringify({ event: 'ready', ...urls })}\n`);
};

/** The first signal stops in order, the second at once. */
const stopOnSignals = (stop: () => Promise<number>, logger: Logger): void => {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(FAILED);
    isStopping = true;
    logger.info({ signal }, 'stopping');
    void stop().then((code) => process.exit(code));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
};

/** Everything written here, databases of credential hashes included, is its owner's alone. */
const OWNER_ONLY = 0o077;

/** Whoever read what we print has gone: that is no reason to stop listening. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
};

const main = async (): Promise<void> => {
  process.umask(OWNER_ONLY);
  outliveReaders();
  const { settings, warnings } = loadStandaloneSettings(process.env);
  const { isTTY: terminal } = process.stderr;
  const color = terminal && (process.env['NO_COLOR'] ?? '') === '';
  const logger = createLogger({ level: settings.logLevel, format: settings.logFormat, terminal, color });
  for (const warning of warnings) logger.warn({}, warning);
  const directory = openDataDirectory(settings.dataDirectory);
  const build = settings.build === '' ? commitOf(ROOT) : settings.build;
  const standalone = await createStandalone({
    settings,
    directory,
    operatorToken: loadOperatorToken(directory.operatorToken, settings.operatorToken),
    build,
    version: versionOf(ROOT),
    clock: systemClock,
    logger,
    onFatal: (error) => {
      logger.error({ error }, 'this cannot go on');
      void stop().then(() => process.exit(FAILED));
    },
  });
  const stop = async (): Promise<number> => {
    try {
      await standalone.stop();
      return 0;
    } catch (error) {
      logger.error({ error }, 'stopping failed');
      return FAILED;
    }
  };
  stopOnSignals(stop, logger);
  await standalone.start();
  sayReady(standalone, { settings, directory, build });
};

main().catch((error: unknown) => {
  const text = error instanceof SettingsError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`earshot: cannot start: ${text}\n`);
  process.exit(FAILED);
});
