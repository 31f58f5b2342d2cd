// A story has a world of its own, which a loader brings to its state before the story is shown.
import { Mock, type World } from '@evershell/client/world'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent } from 'storybook/test'

import { Packs } from '../sdk/packs.ts'
import { PackList } from './PackList.tsx'

const mock = new Mock(import.meta.env.STORYBOOK_MOCK ?? 'http://127.0.0.1:4010')

/** A loader: the packs as an owner is shown them, in a world that `prepare` has changed. */
function owner(prepare: (world: World) => Promise<void> = async () => {}) {
  return async ({ id }: { id: string }) => {
    const world = mock.world(`story-${id}`)
    await world.reset()
    await prepare(world)
    return { packs: new Packs(world.url, await world.token('acme-owner')) }
  }
}

const meta: Meta<typeof PackList> = {
  component: PackList,
  render: (_, { loaded }) => <PackList packs={loaded.packs as Packs} />,
}
export default meta

type Story = StoryObj<typeof PackList>

export const Library: Story = { loaders: [owner()] }

export const Empty: Story = {
  loaders: [owner(async (world) => world.load({ ...(await world.state()), packs: {} }))],
}

export const Refused: Story = {
  loaders: [owner(async (world) => void (await world.fault('packs.list', { status: 401 })))],
}

export const Unpaid: Story = {
  loaders: [owner((world) => world.billing('org_acme', 'past_due'))],
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Publish Pager' }))
    await expect(await canvas.findByRole('alert')).toHaveTextContent('billing')
  },
}
