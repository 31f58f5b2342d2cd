// `test` with a `world`, for each test its own, and `signIn`. The page needs no word of it: the browser
// sends the world's name with every request.
import { test as base } from '@playwright/test'

import { World } from '../mock/world.js'

export const test = base.extend({
  world: async ({}, use, testInfo) => {
    const world = new World(process.env.RECIPE_MOCK, testInfo.title)
    await use(world)
    await world.remove()
  },

  extraHTTPHeaders: async ({ world }, use) => {
    await use({ 'X-Mock-World': world.name })
  },

  signIn: async ({ page, world }, use) => {
    await use(async (persona, file = '') => {
      const query = new URLSearchParams({ persona, return_to: process.env.RECIPE_PAGE + file })
      await page.goto(`${world.origin}/_mock/login?${query}`)
    })
  },
})
