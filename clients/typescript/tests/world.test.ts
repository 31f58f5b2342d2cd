// A world, its state, its clock and its journal.
import { unwrap } from '@evershell/client'
import { Mock, MockError } from '@evershell/client/world'
import { test } from '@evershell/client/vitest'
import { expect } from 'vitest'

const GIT = { params: { path: { id: 'pack_acme_git_basics' } } }
const IDLE = { org_id: 'org_acme', workspace_id: 'ws_01HZ' }

test('a state is kept, compared, gone back to, and forked', async ({ world }) => {
  const owner = await world.client('acme-owner')
  await world.snapshot('clean')
  await unwrap(owner.DELETE('/packs/{id}', GIT))
  expect(await world.diff('clean')).toContainEqual(expect.objectContaining({ object: 'packs/pack_acme_git_basics' }))
  const fork = await world.fork(`${world.name}-fork`)
  await world.restore('clean')
  expect(await world.diff('clean')).toEqual([])
  expect((await world.snapshots()).map(({ name }) => name)).toEqual(['clean'])
  await world.dropSnapshot('clean')
  await expect(unwrap((await fork.client('acme-owner')).GET('/packs/{id}', GIT))).rejects.toMatchObject({
    status: 404,
  })
  await fork.delete()
})

test('a rewind and a reset undo what was asked', async ({ world }) => {
  const owner = await world.client('acme-owner')
  await unwrap(owner.GET('/packs'))
  await unwrap(owner.DELETE('/packs/{id}', GIT))
  const [first] = await world.journal()
  await world.rewind(first?.id as number)
  await unwrap(owner.GET('/packs/{id}', GIT))
  await world.billing('org_acme', 'past_due')
  await world.reset()
  await unwrap(owner.PATCH('/packs/{id}', { ...GIT, body: { visibility: 'community' } }))
})

test('a provider state is brought about, and taken back', async ({ world }) => {
  const owner = await world.client('acme-owner')
  const cancel = () => unwrap(owner.POST('/workspaces/{id}/task/cancel', { params: { path: { id: 'ws_acme_busy' } } }))
  const busy = { ...IDLE, workspace_id: 'ws_acme_busy' }
  const made = await world.provide('agent is unreachable', busy)
  await expect(cancel()).rejects.toMatchObject({ status: 502, code: 'agent_unreachable' })
  await world.takeBack('agent is unreachable', busy, made)
  await cancel()
})

test('what a fault is, and when it ends', async ({ world }) => {
  const owner = await world.client('acme-owner')
  const { id } = await world.fault('packs.list', { status: 401, times: 'always' })
  await expect(unwrap(owner.GET('/packs'))).rejects.toMatchObject({ status: 401 })
  expect(await world.faults()).toMatchObject([{ id, operation_id: 'packs.list', left: 'always' }])
  await world.removeFault(id)
  await world.fault('*', { delay_ms: 1 })
  await world.clearFaults()
  expect(await world.faults()).toEqual([])
})

test('the clock stands, moves and runs', async ({ world }) => {
  await world.freeze('2026-07-01T09:00:00Z')
  expect(await world.advance(60)).toMatchObject({ mode: 'frozen', now: '2026-07-01T09:01:00Z' })
  await expect(world.step()).rejects.toMatchObject({ status: 409, error: { code: 'nothing_due' } })
  await world.runClock()
  expect(await world.clock()).toMatchObject({ mode: 'real' })
})

test('a credential is issued and revoked', async ({ world }) => {
  const { token } = await world.issue({ org_id: 'org_acme', scopes: ['audit:read'] })
  const auditor = await world.client(undefined, { headers: { Authorization: `Bearer ${token}` } })
  await unwrap(auditor.GET('/audit'))
  await world.revoke(token)
  await expect(unwrap(auditor.GET('/audit'))).rejects.toMatchObject({ status: 401 })
})

test('what happened is insisted on, told and counted', async ({ world }) => {
  await unwrap((await world.client('acme-owner')).GET('/packs'))
  expect(await world.verify({ operation_id: 'packs.list', status: 200, times: { max: 1 } })).toHaveLength(1)
  await expect(world.verify({ operation_id: 'packs.list', status: 401 })).rejects.toThrow(
    / {2}1 {2}acme-owner {2}GET \/v1\/packs → 200\n {4}status: It is 200, not 401\.$/,
  )
  await expect(world.verify({ operation_id: 'packs.list', times: { max: 0 } })).rejects.toThrow(
    /\n {2}1 {2}acme-owner {2}GET \/v1\/packs → 200$/,
  )
  expect(await world.story()).toMatch(/acme-owner {2}GET \/v1\/packs → 200$/)
  expect((await world.coverage()).filter(({ count }) => count > 0)).toHaveLength(1)
  await world.clearCoverage()
  expect((await world.har()).log.entries).toHaveLength(1)
  await world.clearJournal()
  expect(await world.journal()).toEqual([])
})

test('a mistake is told with what would have been right', async ({ mock, world }) => {
  await expect(mock.token('acme-ownr')).rejects.toThrow('There is no persona "acme-ownr". Did you mean acme-owner?')
  await expect(world.load({ packs: 1 })).rejects.toThrow(MockError)
  const same = new Mock(`${mock.origin}/v1/`) // as a base URL of the API names it
  expect((await same.worlds()).map(({ name }) => name)).toContain(world.name)
})
