// Mock Service Worker in a browser: the app asks its own origin, and the worker a world.
import { test as base } from '@evershell/client/playwright'
import { builtPage } from '@evershell/client/vite'
import { expect } from '@playwright/test'

const test = base.extend<object, { served: string }>({
  served: [
    async ({}, use) => {
      const page = await builtPage('msw/vite.config.ts')
      await use(page.url)
      await page.stop()
    },
    { scope: 'worker' },
  ],
  baseURL: ({ served }, use) => use(served),
})

test.beforeEach(async ({ page, signIn, world }) => {
  await signIn('acme-owner', `?world=${encodeURIComponent(world.url)}`)
  await expect(page.getByText('Pager: org')).toBeVisible()
})

test('requests with bodies of every kind reach the world', async ({ page, world }) => {
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(page.getByText('Pager: community')).toBeVisible()
  const statuses = await page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/octet-stream' }
    const notes = '/v1/packs/pack_acme_release_notes/files/templates/notes.md'
    const credentials = 'include' // between two origins a cookie is not sent by itself
    const written = await fetch(notes, { method: 'PUT', credentials, headers, body: new Blob(['# Notes']) })
    const form = new FormData()
    form.append('description', 'Read this.')
    form.append('file', new File(['1'], 'a.txt'))
    const submitted = await fetch('/v1/workspaces/ws_01HZ/tasks', { method: 'POST', credentials, body: form })
    return [written.status, submitted.status]
  })
  expect(statuses).toEqual([200, 202])
  expect((await world.journal()).map(({ operation_id, status }) => [operation_id, status])).toEqual([
    ['packs.list', 200],
    ['packs.update_visibility', 200],
    ['packs.replace_file', 200],
    ['tasks.submit_to_workspace', 202],
  ])
})

test('a connection that the mock drops is lost for the page', async ({ page, world }) => {
  await world.fault('packs.list', { drop: true })
  await expect(page.evaluate(() => fetch('/v1/packs'))).rejects.toThrow('Failed to fetch')
})
