import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['vitest/**/*.test.{ts,tsx}'], globalSetup: '@evershell/client/vitest/setup', testTimeout: 60_000 },
})
