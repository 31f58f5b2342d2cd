// Mock Service Worker, whatever the order in which it and a client begin.
import { createServer } from 'node:net'

import { createEvershellClient, unwrap } from '@evershell/client'
import { toWorld } from '@evershell/client/msw'
import { test } from '@evershell/client/vitest'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect } from 'vitest'

const asked: string[] = []
const host = createServer((socket) => {
  asked.push('connected')
  socket.destroy()
})
await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
const API = `http://127.0.0.1:${(host.address() as { port: number }).port}/v1`

/** As an app makes it: when the module is loaded, before any test begins. */
const api = createEvershellClient({ baseUrl: API, token: 'a token that nobody else is to see' })
const server = setupServer()

beforeAll(() => server.listen({ onUnhandledRequest: 'bypass' }))
afterAll(() => {
  server.close()
  host.close()
})

test('nothing of a client of a module leaves for the real host', async ({ world }) => {
  server.use(toWorld(`${API}/`, world.url))
  await expect(unwrap(api.GET('/packs'))).rejects.toMatchObject({ status: 401, code: 'unauthenticated' })
  const headers = { Authorization: `Bearer ${await world.token('acme-owner')}` }
  const sent = api.PATCH('/packs/{id}', {
    params: { path: { id: 'pack_acme_pager' } },
    body: { visibility: 'community' },
    headers,
  })
  expect(await unwrap(sent)).toMatchObject({ visibility: 'community' })
  expect((await world.journal()).map(({ status }) => status)).toEqual([401, 200])
  expect(asked).toEqual([])
})

test('a connection that the mock drops is lost for the app, too', async ({ world }) => {
  server.use(toWorld(API, world.url))
  await world.fault('packs.list', { drop: true })
  await expect(api.GET('/packs')).rejects.toThrow(TypeError)
  expect(asked).toEqual([])
})
