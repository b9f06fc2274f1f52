import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf, createLogger, runProcess, systemClock } from '@earshot/runtime';
import { loadStandaloneSettings, type StandaloneSettings } from './config.ts';
import { createStandalone, type Standalone } from './create-standalone.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { loadOperatorToken } from './operator-token.ts';
import { startLines } from './start-lines.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

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

runProcess({
  start: async (onFatal) => {
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
      onFatal,
    });
    await standalone.start();
    sayReady(standalone, { settings, directory, build });
    return { logger, stop: standalone.stop };
  },
});
