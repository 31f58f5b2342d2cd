// What an app pays for the client: what it imports, minified and compressed.
import { gzipSync } from 'node:zlib'

import { build, type Rollup } from 'vite'
import { expect, test } from 'vitest'

const ENTRY = '\0app.js'

/** The bytes that a page loads for what it imports of the package. */
async function size(...names: string[]): Promise<number> {
  const used = names.map((name) => `a.${name}`)
  const app = {
    name: 'app',
    resolveId: (id: string) => (id === ENTRY ? id : undefined),
    load: (id: string) =>
      id === ENTRY ? `import * as a from '@evershell/client'; globalThis.app = [${used}]` : undefined,
  }
  const options = { write: false, target: 'es2022', modulePreload: false, rollupOptions: { input: ENTRY } } as const
  const built = await build({ configFile: false, logLevel: 'error', plugins: [app], build: options })
  const { output } = built as Rollup.RollupOutput
  return gzipSync(output[0].code).length
}

test('it is small, and what is not imported is not paid for', async () => {
  expect(await size('createEvershellClient', 'unwrap')).toBeLessThan(3_300)
  expect(await size('createEvershellClient', 'unwrap', 'followActivity', 'fetchWithProgress')).toBeLessThan(4_500)
})
