import { describe, expect } from 'vitest'

import { Packs, Unpaid } from '../sdk/packs.js'
import { test } from './world.js'

describe.concurrent('packs', () => {
  test('a pack is published for everybody', async ({ world }) => {
    const [owner, other] = await Promise.all(
      ['acme-owner', 'globex-owner'].map(async (who) => new Packs(world.url, await world.token(who))),
    )
    expect((await other.list()).map((pack) => pack.id)).not.toContain('pack_acme_pager')
    expect(await owner.publish('pack_acme_pager')).toMatchObject({ visibility: 'community' })
    expect((await other.list()).map((pack) => pack.id)).toContain('pack_acme_pager')
  })

  test('no other test sees that', async ({ world }) => {
    const other = new Packs(world.url, await world.token('globex-owner'))
    expect((await other.list()).map((pack) => pack.id)).not.toContain('pack_acme_pager')
  })

  test('an unpaid bill is told apart', async ({ world }) => {
    await world.billing('org_acme', 'past_due')
    const owner = new Packs(world.url, await world.token('acme-owner'))
    await expect(owner.publish('pack_acme_pager')).rejects.toThrow(Unpaid)
    expect(await world.journal({ operation_id: 'packs.update_visibility', status: 423 })).toHaveLength(1)
  })

  test('an expired session is an error with its code', async ({ world }) => {
    const expired = new Packs(world.url, await world.token('acme-owner', { state: 'expired' }))
    await expect(expired.list()).rejects.toThrow('unauthenticated')
  })

  test('a dropped connection is an error too', async ({ world }) => {
    await world.fault('packs.list', { drop: true })
    const owner = new Packs(world.url, await world.token('acme-owner'))
    await expect(owner.list()).rejects.toThrow()
    expect(await owner.list()).not.toHaveLength(0)
  })
})
