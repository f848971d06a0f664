import { defineConfig } from 'vitest/config'

/** Where a test gives up. That proves nothing, so it is far beyond what a slow machine takes. */
const common = {
  environment: 'node' as const,
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 30_000 } },
}

/** Unit: beside the code, and the rules of the house. The others start real processes, ports and browsers. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          setupFiles: ['test/support/seed.ts'],
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'drivers/**/*.test.ts', 'test/house/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**', 'test/browser/**', 'test/desktop/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
        },
      },
      {
        test: { ...common, name: 'desktop', include: ['test/desktop/**/*.test.ts'] },
      },
    ],
  },
})
