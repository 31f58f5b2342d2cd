// A story of a component whose client is made elsewhere: each of its requests is given the world of the story.
import { Mock, type World } from '@evershell/client/world'
import type { Meta, StoryObj } from '@storybook/react-vite'

import { api } from './api.ts'
import { Account } from './Account.tsx'

const mock = new Mock(import.meta.env.STORYBOOK_MOCK ?? 'http://127.0.0.1:4010')
let headers: Record<string, string> = {}

api.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
  },
})

/** A loader: from now on each request of the app is one of the persona, in a world that `prepare` has changed. */
function as(persona: string, prepare: (world: World) => Promise<void> = async () => {}) {
  return async ({ id }: { id: string }) => {
    const world = mock.world(`story-${id}`)
    await world.reset()
    await prepare(world)
    headers = { Authorization: `Bearer ${await world.token(persona)}`, 'X-Mock-World': world.name }
  }
}

const meta: Meta<typeof Account> = { component: Account }
export default meta

type Story = StoryObj<typeof Account>

export const Owner: Story = { loaders: [as('acme-owner')] }

export const Revoked: Story = {
  loaders: [as('acme-owner', async (world) => world.revoke(await world.token('acme-owner')))],
}
