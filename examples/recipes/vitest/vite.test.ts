// The development server of vite.config.ts, asked as a browser asks it.
import { get, type IncomingHttpHeaders } from 'node:http'
import { fileURLToPath } from 'node:url'

import { test as base } from '@evershell/client/vitest'
import { createServer } from 'vite'
import { afterEach, expect, vi } from 'vitest'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const test = base.extend<{ page: string }>({
  page: async ({ mock, world }, use) => {
    vi.stubEnv('EVERSHELL_MOCK_URL', mock.origin)
    vi.stubEnv('EVERSHELL_MOCK_WORLD', world.name)
    const own = { host: 'localhost', port: 0, ws: false as const }
    const optimizeDeps = { noDiscovery: true } // nobody asks for the page itself
    const server = await createServer({
      configFile: here('../vite.config.ts'),
      root: here('../page'),
      logLevel: 'error',
      optimizeDeps,
      server: own,
    })
    await server.listen()
    await use(server.resolvedUrls?.local[0]?.slice(0, -1) as string)
    await server.close()
  },
})

afterEach(() => vi.unstubAllEnvs())

/** The sign-in of a browser that goes there; with Node's own request, since its fetch cannot say that. */
async function signIn(page: string): Promise<IncomingHttpHeaders> {
  const query = new URLSearchParams({ persona: 'acme-owner', return_to: `${page}/packs` })
  return new Promise((resolve, reject) => {
    get(`${page}/_mock/login?${query}`, { headers: { 'Sec-Fetch-Mode': 'navigate' } }, (answer) => {
      answer.resume()
      resolve(answer.headers)
    }).once('error', reject)
  })
}

/** What a browser sends back after the sign-in. */
async function signedIn(page: string): Promise<string> {
  const answer = await signIn(page)
  expect(answer.location).toBe(`${page}/packs`)
  const [cookie, ...attributes] = answer['set-cookie']?.[0]?.split('; ') ?? []
  expect(attributes.join()).not.toMatch(/Secure|Domain/)
  return cookie as string
}

function published(page: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${page}/v1/packs/pack_acme_pager`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: '{"visibility": "community"}',
  })
}

test('a page signs in, reads and writes through the proxy', async ({ page, world }) => {
  const Cookie = await signedIn(page)
  const session = await fetch(`${page}/v1/me/session`, { headers: { Cookie } })
  expect(await session.json()).toMatchObject({ org_id: 'org_acme', role: 'owner' })
  expect((await published(page, { Cookie, Origin: page })).status).toBe(200)
  expect((await world.journal({ caller: 'acme-owner' })).map((entry) => entry.status)).toEqual([200, 200])
})

test('a page of another site does not write with the cookie', async ({ page }) => {
  const Cookie = await signedIn(page)
  expect((await published(page, { Cookie, Origin: 'https://elsewhere.example' })).status).toBe(403)
})

test('a request that names its world is of that world', async ({ mock, page }) => {
  const other = await mock.freshWorld('other')
  expect((await fetch(`${page}/v1/packs`, { headers: { 'X-Mock-World': other.name } })).status).toBe(401)
  expect(await other.journal()).toHaveLength(1)
  await other.delete()
})

test('what the mock drops, or cuts off, is lost for the page, too', async ({ page, world }) => {
  const Authorization = `Bearer ${await world.token('acme-owner')}`
  const asked = () => fetch(`${page}/v1/packs`, { headers: { Authorization } })
  await world.fault('packs.list', { drop: true })
  await expect(asked()).rejects.toThrow(TypeError)
  await world.fault('packs.list', { truncate: 1 })
  await expect((await asked()).text()).rejects.toThrow(TypeError)
  expect((await asked()).status).toBe(200)
})
