import { test } from '@evershell/client/playwright'
import { expect } from '@playwright/test'

test('an owner publishes a pack', async ({ page, signIn, world }) => {
  await signIn('acme-owner')
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(page.getByText('Pager: community')).toBeVisible()
  expect(await world.journal({ operation_id: 'packs.update_visibility', status: 200 })).toHaveLength(1)
})

test('no other test sees that', async ({ page, signIn }) => {
  await signIn('acme-owner')
  await expect(page.getByText('Pager: org')).toBeVisible()
})

test('the page says what a 423 means', async ({ page, signIn, world }) => {
  await world.billing('org_acme', 'past_due')
  await signIn('acme-owner')
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(page.getByRole('alert')).toHaveText('Your bill is due: nothing can be changed.')
})

test('the page says so when nobody is signed in', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('alert')).toHaveText('You are not signed in.')
})

test('the page says so when the mock fails', async ({ page, signIn, world }) => {
  await world.fault('packs.list', { status: 503, undeclared: true, html: true, delay_ms: 50 })
  await signIn('acme-owner')
  await expect(page.getByRole('alert')).toHaveText('The answer is a 503.')
})

test('the page says so when the connection is lost, which the browser had kept', async ({ page, signIn, world }) => {
  await signIn('acme-owner')
  await world.fault('packs.update_visibility', { drop: true })
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(page.getByRole('alert')).toHaveText('Failed to fetch')
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(page.getByText('Pager: community')).toBeVisible()
})

test('the page of an org that sees no pack', async ({ page, signIn }) => {
  await page.route('**/v1/packs', (route) =>
    route.continue({ headers: { ...route.request().headers(), Prefer: 'code=200, example=empty' } }),
  )
  const listed = page.waitForResponse('**/v1/packs')
  await signIn('acme-owner')
  expect(await (await listed).json()).toEqual({ packs: [] })
  await expect(page.getByRole('listitem')).toHaveCount(0)
})
