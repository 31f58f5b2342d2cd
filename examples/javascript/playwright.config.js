import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'playwright',
  fullyParallel: true,
  reporter: 'list',
  globalSetup: './playwright/setup.js',
  use: {
    // The browser of the machine, wherever it is: none is downloaded.
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--disable-quic'] },
  },
})
