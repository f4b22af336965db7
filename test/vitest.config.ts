import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // Models are loaded into native and wasm runtimes: a test is slow on a loaded machine without being wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
