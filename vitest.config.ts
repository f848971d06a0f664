import { defineConfig } from 'vitest/config'

const common = { environment: 'node' as const, testTimeout: 30_000, hookTimeout: 60_000 }

/** Unit: beside the code, and the rules of the house. The others start real processes, ports and browsers. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'drivers/**/*.test.ts', 'test/house/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'integration',
          testTimeout: 120_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**', 'test/browser/**', 'test/desktop/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'browser',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          include: ['test/browser/**/*.test.ts'],
        },
      },
      {
        test: { ...common, name: 'desktop', testTimeout: 120_000, include: ['test/desktop/**/*.test.ts'] },
      },
    ],
  },
})
