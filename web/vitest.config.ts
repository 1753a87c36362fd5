// Two kinds of tests: of what has no page (engine, model, wiring), under plain Node; and of the screens, in jsdom.
import { defineConfig } from 'vitest/config';

// Files share a process: what a test changes outside itself it puts back. Most of the time went into starting one for each.
const isolate = false;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'engine',
          environment: 'node', isolate,
          include: ['tests/unit/**/*.test.ts', 'tests/engine/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Each file of tests/engine starts a server: two at a time are enough for two cores. After the screens, which need none.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: './vite.config.ts', test: { name: 'ui', environment: 'jsdom', isolate, include: ['src/**/*.test.{ts,tsx}'] } },
    ],
  },
});
