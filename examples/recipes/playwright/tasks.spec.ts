import { test } from '@evershell/client/playwright'
import { expect, type Page } from '@playwright/test'

import { Work } from '../sdk/work.ts'

const TASK = 'Write it up.'
const STEPS = ['task_submitted', 'task_delivered', 'task_running', 'task_completed']

/** The feed: a line is there once the list has what it tells. A test ends when the page has all that it asks for. */
function feedOf(page: Page) {
  return page.locator('#feed li')
}

async function submit(page: Page) {
  await page.getByLabel('Task').fill(TASK)
  await page.getByRole('button', { name: 'Submit' }).click()
}

test('a task is watched from its submission to its end', async ({ page, signIn, world }) => {
  await world.freeze('2026-07-01T09:00:00Z')
  await signIn('acme-owner', 'tasks.html')
  await submit(page)
  const task = page.getByRole('listitem').filter({ hasText: TASK })
  await expect(task).toHaveText(`${TASK} submitted`)
  for (const status of ['delivered', 'running', 'completed']) {
    await world.step()
    await expect(task).toHaveText(`${TASK} ${status}`)
  }
})

test('a task runs by itself', async ({ page, signIn }) => {
  await signIn('acme-owner', 'tasks.html')
  await submit(page)
  await expect(feedOf(page)).toHaveText(STEPS)
  await expect(page.getByText(`${TASK} completed`)).toBeVisible()
})

test('the page says so when nobody can reach the agent', async ({ page, signIn, world }) => {
  await world.freeze('2026-07-01T09:00:00Z')
  await world.provide('agent is unreachable', { org_id: 'org_acme', workspace_id: 'ws_01HZ' })
  await signIn('acme-owner', 'tasks.html')
  await submit(page)
  await expect(page.getByText(`${TASK} submitted`)).toBeVisible()
  await world.step()
  await expect(page.getByText(`${TASK} delivery_failed: nobody can reach the agent`)).toBeVisible()
})

test('an EventSource is signed in by the cookie, at the own origin and at the mock', async ({
  page,
  signIn,
  world,
}) => {
  await world.freeze('2026-07-01T09:00:00Z')
  await signIn('acme-owner', 'tasks.html')
  const sources = await page.evaluateHandle(
    async (urls) => {
      const found = urls.map((url) => new EventSource(url, { withCredentials: true }))
      await Promise.all(found.map((source) => new Promise((resolve) => (source.onopen = resolve))))
      return found
    },
    ['/v1/activity/stream', `${world.url}/activity/stream`],
  )
  const heard = sources.evaluate((found) =>
    Promise.all(found.map((source) => new Promise((resolve) => source.addEventListener('activity', () => resolve(1))))),
  )
  await submit(page)
  expect(await heard).toEqual([1, 1])
  await sources.evaluate((found) => found.forEach((source) => source.close()))
  await expect(feedOf(page)).toHaveText(['task_submitted'])
})

test('the feed goes on after a sleep, and nothing is lost', async ({ context, page, signIn, world }) => {
  await world.freeze('2026-07-01T09:00:00Z')
  await signIn('acme-owner', 'tasks.html')
  await submit(page)
  await expect(feedOf(page)).toHaveText(['task_submitted'])
  await context.setOffline(true)
  await world.cut()
  await world.advance(60)
  await context.setOffline(false)
  await expect(feedOf(page)).toHaveText(STEPS)
})

test('what happens while the feed connects is shown, too', async ({ page, signIn, world }) => {
  await world.freeze('2026-07-01T09:00:00Z')
  const somebody = new Work(world.url, await world.token('acme-owner'))
  await page.route('**/v1/audit?*', async (route) => {
    await somebody.submit('ws_01HZ', TASK)
    await route.continue()
  })
  await signIn('acme-owner', 'tasks.html')
  await expect(page.getByText(`${TASK} submitted`)).toBeVisible()
})
