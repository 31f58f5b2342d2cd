// A page without a proxy: what Mock Service Worker does not send to a world is answered by nobody.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

import { defineConfig, type Plugin } from 'vite'

/** Puts the service worker beside the page, as `npx msw init` does in an app. */
const serviceWorker: Plugin = {
  name: 'service-worker',
  async generateBundle() {
    const path = createRequire(import.meta.url).resolve('msw/mockServiceWorker.js')
    this.emitFile({ type: 'asset', fileName: 'mockServiceWorker.js', source: await readFile(path) })
  },
}

export default defineConfig({ root: 'msw', plugins: [serviceWorker], build: { target: 'es2022' } })
