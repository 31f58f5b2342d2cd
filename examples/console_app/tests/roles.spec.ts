import { test } from '@evershell/client/playwright'
import { expect } from '@playwright/test'

test('a role is made, put away and brought back', async ({ page, signIn }) => {
  await signIn('acme-owner', '#/roles')
  const row = (name: string) =>
    page.getByRole('list', { name: 'Roles' }).getByRole('listitem').filter({ hasText: name })
  const form = page.locator('form')
  const create = async (name: string) => {
    await page.getByLabel('Name').fill(name)
    await page.getByRole('button', { name: 'Create the role' }).click()
  }
  await create('reviewer')
  await expect(row('reviewer')).toContainText('no packs')
  await create('reviewer')
  await expect(form.getByRole('alert')).toContainText('There is a role of this name already.')
  await create('Not a Slug')
  await expect(form.getByRole('alert')).toContainText('Something in it is not right.')
  await expect(form.getByRole('alert').getByRole('listitem')).toContainText('name:')

  await page.getByRole('button', { name: 'Archive Developer' }).click()
  await expect(row('Developer').getByRole('alert')).toContainText(
    /\d workspaces are still running. Stop what runs first./,
  )
  await page.getByRole('button', { name: 'Archive reviewer' }).click()
  await expect(row('reviewer')).toContainText('archived')
  await page.getByRole('button', { name: 'Bring back reviewer' }).click()
  await expect(page.getByRole('button', { name: 'Archive reviewer' })).toBeVisible()
})
