// Vitest's `test` with a `world`, for each test its own.
import { inject, test as base } from 'vitest'

import { mockAt } from '../mock/start.js'
import type { Mock, World } from '../mock/index.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the mock listens. */
    evershellMock: string
  }
}

export interface MockFixtures {
  mock: Mock
  world: World
}

export const test = base.extend<MockFixtures>({
  mock: async ({}, use) => {
    await use(mockAt(inject('evershellMock')))
  },

  world: async ({ mock, task }, use) => {
    const world = await mock.freshWorld(task.name)
    await use(world)
    if (task.result?.state === 'fail') console.log(`Requests in the world of "${task.name}":\n${await world.story()}`)
    await world.end()
  },
})
