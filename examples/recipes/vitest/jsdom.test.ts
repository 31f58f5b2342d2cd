// @vitest-environment jsdom
// @vitest-environment-options { "url": "http://127.0.0.1:5173/" }
// In jsdom `fetch` is Node's: it keeps no cookie and knows no CORS, so a token says who calls. XMLHttpRequest is
// jsdom's own and does as a browser does, so a cookie works, from the mock's host name.
import { test } from '@evershell/client/vitest'
import { expect } from 'vitest'

import { Packs } from '../sdk/packs.ts'

function asked(method: string, url: string, body?: object): Promise<{ status: number; content: unknown }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    request.withCredentials = true
    request.onload = () => resolve({ status: request.status, content: JSON.parse(request.responseText) })
    request.onerror = () => reject(new Error(`${method} ${url} was not let through`))
    if (body) request.setRequestHeader('Content-Type', 'application/json')
    request.send(body && JSON.stringify(body))
  })
}

test('fetch is somebody by a token', async ({ world }) => {
  expect(window.location.origin).toBe('http://127.0.0.1:5173')
  const owner = new Packs(world.url, await world.token('acme-owner'))
  document.body.innerHTML = '<ul></ul>'
  for (const pack of await owner.list()) {
    document
      .querySelector('ul')
      ?.append(Object.assign(document.createElement('li'), { textContent: pack.display_name }))
  }
  expect(document.body.textContent).toContain('Pager')
})

test('fetch keeps no cookie', async ({ world }) => {
  await fetch(`${world.mock.origin}/_mock/login?persona=acme-owner`, { credentials: 'include' })
  await expect(new Packs(world.url).list()).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('XMLHttpRequest is somebody by the cookie, after a preflight too', async ({ world }) => {
  await asked('GET', `${world.mock.origin}/_mock/login?persona=acme-owner`)
  expect(await asked('GET', `${world.url}/me/session`)).toMatchObject({ status: 200, content: { role: 'owner' } })
  const published = await asked('PATCH', `${world.url}/packs/pack_acme_pager`, { visibility: 'community' })
  expect(published).toMatchObject({ status: 200, content: { visibility: 'community' } })
})
