import { ApiError } from '@evershell/client'
import { test } from '@evershell/client/vitest'
import { describe, expect } from 'vitest'

import { Packs, Unpaid } from '../sdk/packs.ts'

describe.concurrent('packs', () => {
  test('a pack is published for everybody', async ({ world }) => {
    const owner = new Packs(world.url, await world.token('acme-owner'))
    const other = new Packs(world.url, await world.token('globex-owner'))
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
    const { token } = await world.issue({ persona: 'acme-owner', state: 'expired' })
    await expect(new Packs(world.url, token).list()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' })
  })

  test('a dropped connection is an error too', async ({ world }) => {
    await world.fault('packs.list', { drop: true })
    const owner = new Packs(world.url, await world.token('acme-owner'))
    await expect(owner.list()).rejects.not.toThrow(ApiError)
    expect(await owner.list()).not.toHaveLength(0)
  })
})
