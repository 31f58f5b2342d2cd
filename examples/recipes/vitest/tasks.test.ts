import { test } from '@evershell/client/vitest'
import { expect } from 'vitest'

import { Work } from '../sdk/work.ts'

const WORKSPACE = 'ws_01HZ'

test('a task runs from step to step', async ({ world }) => {
  await world.freeze('2026-07-01T09:00:00Z')
  const owner = new Work(world.url, await world.token('acme-owner'))
  await owner.submit(WORKSPACE, 'Write it up.')
  const statuses = []
  for (let clock = await world.clock(); clock.next; clock = await world.step()) {
    statuses.push((await owner.tasks(WORKSPACE))[0]?.status)
  }
  expect(statuses).toEqual(['submitted', 'delivered', 'running'])
  expect((await owner.tasks(WORKSPACE))[0]).toMatchObject({ status: 'completed', duration_seconds: 7 })
})

test('a feed is there as soon as the mock lets it', async ({ world }) => {
  await world.fault('activity.stream', { drop: true })
  const owner = new Work(world.url, await world.token('acme-owner'))
  const feed = owner.activity()
  const first = feed.next()
  for await (const { operation_id, status } of world.follow()) {
    if (operation_id === 'activity.stream' && status === 200) break
  }
  await owner.submit(WORKSPACE, 'Write it up.')
  expect((await first).value).toMatchObject({ event_type: 'task_submitted', workspace_id: WORKSPACE })
  await feed.return()
})

test('who is nobody gets no feed', async ({ world }) => {
  await expect(new Work(world.url).activity().next()).rejects.toMatchObject({ code: 'unauthenticated' })
})
