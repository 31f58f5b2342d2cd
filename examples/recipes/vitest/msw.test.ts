// Mock Service Worker in front of the mock: the app keeps its base URL, and single answers can still be made up.
import { toWorld } from '@evershell/client/msw'
import { test } from '@evershell/client/vitest'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

import { Packs, Unpaid } from '../sdk/packs.ts'

const API = 'https://api.evershell.example/v1'
const server = setupServer()

beforeAll(() => server.listen({ onUnhandledRequest: 'bypass' })) // such as the control calls of `world`
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

test('requests of the app reach a world of the mock', async ({ world }) => {
  server.use(toWorld(API, world.url))
  const owner = new Packs(API, await world.token('acme-owner'))
  expect(await owner.publish('pack_acme_pager')).toMatchObject({ visibility: 'community' })
  expect(await world.journal({ operation_id: 'packs.update_visibility', status: 200 })).toHaveLength(1)
})

test('what the world refuses is refused', async ({ world }) => {
  server.use(toWorld(API, world.url))
  await world.billing('org_acme', 'past_due')
  const owner = new Packs(API, await world.token('acme-owner'))
  await expect(owner.publish('pack_acme_pager')).rejects.toThrow(Unpaid)
})

test('one answer is made up, the others are of the mock', async ({ world }) => {
  server.use(toWorld(API, world.url))
  server.use(http.get(`${API}/packs`, () => HttpResponse.json({ packs: [] })))
  const owner = new Packs(API, await world.token('acme-owner'))
  expect(await owner.list()).toEqual([])
  expect(await owner.publish('pack_acme_pager')).toMatchObject({ visibility: 'community' })
})
