import { test } from '@evershell/client/playwright'
import { expect, type Page } from '@playwright/test'

const NOW = '2026-07-01T09:00:00Z'
const TASK = 'Write it up.'

function row(page: Page, list: string, text: string) {
  return page.getByRole('list', { name: list, exact: true }).getByRole('listitem').filter({ hasText: text })
}

test('a workspace is started, stopped and resumed', async ({ page, signIn, world }) => {
  await world.freeze(NOW)
  await signIn('acme-owner', '#/roles')
  await expect(page.getByText('live', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Start a workspace of spare' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'is being made ready' })).toBeVisible()
  await expect(row(page, 'What happens', 'workspace created')).toBeVisible()
  await page.getByRole('link', { name: 'Workspaces' }).click()
  const workspace = row(page, 'Workspaces', 'spare')
  for (const [status, button] of [
    ['provisioning', undefined],
    ['idle', 'Stop'],
    ['stopped', 'Resume'],
    ['idle', 'Stop'],
    ['stopped', 'Archive'],
  ] as const) {
    await expect(workspace.getByText(status, { exact: true })).toBeVisible()
    if (button) await workspace.getByRole('button', { name: button }).click()
    if (button && button !== 'Archive') await expect(workspace.getByText(status, { exact: true })).toBeHidden()
    if (button !== 'Archive') await world.step()
  }
  await expect(workspace).toBeHidden()
})

test('a task is watched from its submission to its end, over a sleep', async ({ context, page, signIn, world }) => {
  await world.freeze(NOW)
  await signIn('acme-owner', '#/workspaces/ws_01HZ')
  await expect(page.getByText('live', { exact: true })).toBeVisible()
  await page.getByLabel('What is to be done').fill(TASK)
  await page
    .getByLabel('Files for the agent')
    .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('1') })
  await page.getByRole('button', { name: 'Submit the task' }).click()
  const task = row(page, 'Tasks', TASK)
  await expect(task).toContainText('submitted')
  await world.step()
  await expect(task).toContainText('delivered')

  await context.setOffline(true)
  await world.cut()
  await expect(page.getByText('connecting…')).toBeVisible()
  await world.advance(60)
  await context.setOffline(false)
  await expect(task).toContainText('completed 7 s')
  const feed = page.getByRole('list', { name: 'What happens' }).locator('b')
  await expect(feed).toHaveText(['task completed', 'task running', 'task delivered', 'task submitted'])
})

test('the page says so when nobody can reach the agent, and where there is none', async ({ page, signIn, world }) => {
  await world.freeze(NOW)
  await world.provide('agent is unreachable', { org_id: 'org_acme', workspace_id: 'ws_acme_busy' })
  await world.provide('agent is unreachable', { org_id: 'org_acme', workspace_id: 'ws_01HZ' })
  await signIn('acme-owner', '#/workspaces/ws_acme_busy')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('alert')).toContainText('Nobody can reach the agent just now.')

  await page.goto('#/workspaces/ws_01HZ')
  await page.getByLabel('What is to be done').fill(TASK)
  await page.getByRole('button', { name: 'Submit the task' }).click()
  await expect(row(page, 'Tasks', TASK)).toContainText('submitted')
  await world.step()
  await expect(row(page, 'Tasks', TASK)).toContainText('delivery failed Nobody could reach the agent.')

  await page.goto('#/workspaces/ws_acme_stopped')
  await expect(page.locator('form')).toContainText('This workspace is stopped. Resume it first.')
  await expect(page.getByRole('button', { name: 'Submit the task' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
})
