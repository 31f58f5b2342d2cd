// The development server of vite/vite.config.js, asked as a browser asks it.
import { get } from 'node:http'
import { fileURLToPath } from 'node:url'

import { createServer } from 'vite'
import { afterEach, describe, expect, inject, vi } from 'vitest'

import { test as base } from './world.js'

const root = fileURLToPath(new URL('../vite', import.meta.url))

const test = base.extend({
  proxy: {}, // in the place of what the configuration says

  page: async ({ proxy, world }, use) => {
    vi.stubEnv('EVERSHELL_MOCK_URL', inject('mock'))
    vi.stubEnv('EVERSHELL_MOCK_WORLD', world.name)
    const own = { host: 'localhost', port: 0, ws: false, proxy }
    const server = await createServer({ root, logLevel: 'error', server: own })
    await server.listen()
    await use(`http://localhost:${server.httpServer.address().port}`)
    await server.close()
  },
})

afterEach(() => vi.unstubAllEnvs())

/** The sign-in of a browser that goes there; with Node's own request, since its fetch cannot say that. */
async function signIn(page) {
  const query = new URLSearchParams({ persona: 'acme-owner', return_to: `${page}/packs` })
  const headers = { 'Sec-Fetch-Mode': 'navigate' }
  const answer = await new Promise((resolve, reject) => {
    get(`${page}/_mock/login?${query}`, { headers }, resolve).once('error', reject)
  })
  answer.resume()
  expect(answer.statusCode).toBe(302)
  return answer.headers
}

/** What a browser sends back after the sign-in. */
async function signedIn(page) {
  const answer = await signIn(page)
  expect(answer.location).toBe(`${page}/packs`)
  const [cookie, ...attributes] = answer['set-cookie'][0].split('; ')
  expect(attributes.join()).not.toMatch(/Secure|Domain/)
  return cookie
}

test('a page signs in, reads and writes through the proxy', async ({ page, world }) => {
  const Cookie = await signedIn(page)
  const session = await fetch(`${page}/v1/me/session`, { headers: { Cookie } })
  expect(await session.json()).toMatchObject({ org_id: 'org_acme', role: 'owner' })
  const published = await fetch(`${page}/v1/packs/pack_acme_pager`, {
    method: 'PATCH',
    headers: { Cookie, Origin: page, 'Content-Type': 'application/json' },
    body: '{"visibility": "community"}',
  })
  expect(published.status).toBe(200)
  expect((await world.journal({ caller: 'acme-owner' })).map((entry) => entry.status)).toEqual([200, 200])
})

test('a page of another site does not write with the cookie', async ({ page }) => {
  const Cookie = await signedIn(page)
  const refused = await fetch(`${page}/v1/packs/pack_acme_pager`, {
    method: 'PATCH',
    headers: { Cookie, Origin: 'https://elsewhere.example', 'Content-Type': 'application/json' },
    body: '{"visibility": "community"}',
  })
  expect(refused.status).toBe(403)
})

describe('with the mock as a bare string, for which Vite changes the Host', () => {
  test.scoped({ proxy: { '/_mock': inject('mock') } })

  test('the sign-in leaves the page for the mock', async ({ page }) => {
    expect((await signIn(page)).location).toContain(inject('mock').replace('127.0.0.1', 'localhost'))
  })
})
