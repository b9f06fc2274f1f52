import { defineConfig, type ViteUserConfig } from 'vitest/config';

const SOURCES = ['packages/*/src', 'services/*/src', 'scripts', 'tests/documents'];

/** Levels of tests; `npm test` runs them all, `npm run check` the ones that need no broker and no real time. */
const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: SOURCES.map((folder) => `${folder}/**/*.test.ts`),
          exclude: ['**/*.conformance.test.ts', '**/*.isolated.test.ts'],
          // Files share what they import: a third of the time. What watches or replaces a module is an `isolated` test.
          isolate: false,
        },
      },
      {
        test: {
          name: 'isolated',
          include: SOURCES.map((folder) => `${folder}/**/*.isolated.test.ts`),
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['packages/*/src/**/*.conformance.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

export default config;
