import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: '@evershell/client/vitest/setup',
    testTimeout: 60_000, // on a machine that is busy, too
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
})
