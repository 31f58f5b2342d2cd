// `test` with a `world`, for each test its own.
import { inject, test as base } from 'vitest'

import { World } from '../mock/world.js'

export const test = base.extend({
  world: async ({ task }, use) => {
    const world = new World(inject('mock'), task.name)
    await use(world)
    await world.remove()
  },
})
