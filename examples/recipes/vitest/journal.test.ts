// What happens in a world, as it happens.
import { test } from '@evershell/client/vitest'
import { expect } from 'vitest'

import { Packs } from '../sdk/packs.ts'

test('the journal is followed while the code under test works', async ({ world }) => {
  const owner = new Packs(world.url, await world.token('acme-owner'))
  await owner.list()
  const journal = world.follow()
  expect((await journal.next()).value).toMatchObject({ operation_id: 'packs.list', status: 200 })
  const coming = journal.next()
  await owner.publish('pack_acme_pager')
  expect((await coming).value).toMatchObject({ operation_id: 'packs.update_visibility', caller: 'acme-owner' })
  await journal.return()
})

test('an org that sees no pack, by its state', async ({ world }) => {
  await world.load({ ...(await world.state()), packs: {} })
  const owner = new Packs(world.url, await world.token('acme-owner'))
  expect(await owner.list()).toEqual([])
})
