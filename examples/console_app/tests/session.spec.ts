import { test } from '@evershell/client/playwright'
import { expect } from '@playwright/test'

test('a session that runs out loses nothing that was typed', async ({ baseURL, context, page, world }) => {
  await page.goto('#/workspaces/ws_01HZ')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await expect(page.getByText('owner@acme.example')).toBeVisible()
  await expect(page.getByText('live', { exact: true })).toBeVisible()
  const { token } = await world.issue({ persona: 'acme-owner', expires_in: 600 })
  await context.addCookies([{ name: 'wos_session', value: token, url: baseURL as string }])
  await page.getByLabel('What is to be done').fill('Write it up.')
  await world.advance(601)
  await page.getByRole('button', { name: 'Submit the task' }).click()
  const banner = page.getByRole('alert').filter({ hasText: 'Your session is over. What you typed is still here' })
  await expect(banner).toBeVisible()
  await expect(page.getByText('not connected')).toBeVisible()

  const [other] = await Promise.all([context.waitForEvent('page'), banner.getByRole('link').click()])
  await expect(other.getByRole('heading', { name: 'Evershell' })).toBeVisible()
  await other.close()
  await page.evaluate(() => dispatchEvent(new Event('visibilitychange'))) // as a browser does for who comes back
  await expect(banner).toBeHidden()
  await page.getByRole('button', { name: 'Submit the task' }).click()
  await expect(page.getByRole('list', { name: 'Tasks' })).toContainText('Write it up.')
  await expect(page.getByText('live', { exact: true })).toBeVisible()
})

test('an org whose bill is due reads and removes, and is told why it does not change', async ({
  page,
  signIn,
  world,
}) => {
  await signIn('acme-owner')
  await world.billing('org_acme', 'past_due')
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(page.getByRole('alert')).toContainText('nothing can be created or changed until it is paid')
  await expect(page.getByRole('status').filter({ hasText: 'until it is paid you can read and remove' })).toBeVisible()
  await page.getByRole('button', { name: 'Delete Slack' }).click()
  await expect(page.getByRole('button', { name: 'Delete Slack' })).toBeHidden()
})

test('a member is told what only an owner may do', async ({ page, signIn }) => {
  await signIn('acme-member')
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'You may not do that.' })).toBeVisible()
  await page.getByRole('link', { name: 'Workspaces' }).click()
  await expect(page.getByRole('list', { name: 'Workspaces' }).getByRole('listitem')).not.toHaveCount(0)
  await expect(page.getByText('live', { exact: true })).toBeVisible()
})
