import type { MockOptions } from '@evershell/client/playwright'
import { defineConfig } from '@playwright/test'

export default defineConfig<MockOptions>({
  testDir: 'tests',
  fullyParallel: true,
  timeout: 120_000, // on a machine that is busy, too
  expect: { timeout: 20_000 },
  workers: '100%', // each test has a world of its own, so none waits for another
  reporter: 'list',
  globalSetup: './tests/setup.ts',
  use: {
    recordTo: process.env.TRAFFIC,
    // The browser of the machine, wherever it is: none is downloaded.
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--disable-quic'] },
  },
})
