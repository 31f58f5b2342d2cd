import { test } from '@evershell/client/playwright'
import { expect, type Page } from '@playwright/test'

import { pack } from './archive.ts'

function row(page: Page, name: string) {
  return page.getByRole('list', { name: 'Packs' }).getByRole('listitem').filter({ hasText: name })
}

/** Note what every progress bar shows from now on; the answer has it. */
async function progress(page: Page): Promise<() => Promise<number[]>> {
  const noted = await page.evaluateHandle(() => {
    const values: number[] = []
    const note = () => values.push(...[...document.querySelectorAll('progress')].map(({ value }) => value))
    new MutationObserver(note).observe(document.body, { attributes: true, childList: true, subtree: true })
    return values
  })
  return () => noted.jsonValue()
}

/** Keep changes of a pack from being sent; the answer sends them. */
async function held(page: Page): Promise<() => Promise<void>> {
  let send = () => {}
  const sent = new Promise<void>((resolve) => (send = resolve))
  await page.route('**/v1/packs/*', async (route) => {
    await sent
    await route.continue()
  })
  return async () => {
    send()
    await page.unrouteAll({ behavior: 'wait' })
  }
}

test('a change shows at once, and is taken back where it is refused', async ({ context, page, signIn, world }) => {
  await signIn('acme-owner')
  const [pager, notes] = [row(page, 'Pager'), row(page, 'Release Notes')]
  await expect(pager.getByText('org', { exact: true })).toBeVisible()

  const publish = await held(page)
  await page.getByRole('button', { name: 'Publish Pager' }).click()
  await expect(pager.getByText('community')).toBeVisible()
  await publish()
  await expect.poll(() => world.journal({ operation_id: 'packs.update_visibility', status: 200 })).toHaveLength(1)
  await expect(pager.getByText('community')).toBeVisible()

  const withdraw = await held(page)
  await page.getByRole('button', { name: 'Withdraw Release Notes' }).click()
  await expect(notes.getByText('org', { exact: true })).toBeVisible()
  await withdraw()
  await expect(notes.getByRole('alert')).toContainText('2 roles use this pack; detach it there first.')
  await expect(notes.getByText('community')).toBeVisible()

  await context.setOffline(true)
  await page.getByRole('button', { name: 'Withdraw Pager' }).click()
  await expect(pager.getByRole('alert')).toContainText('There is no connection.')
  await expect(pager.getByText('community')).toBeVisible()
})

test('an upload says how far it is, and what is wrong with it', async ({ context, page, signIn }) => {
  await signIn('acme-owner')
  const network = await context.newCDPSession(page)
  const file = { name: 'linter.tar.gz', mimeType: 'application/gzip', buffer: pack('linter', 1_500_000) }
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1_500_000 }
  await network.send('Network.emulateNetworkConditions', slow)
  const input = page.getByLabel('Upload a pack')

  const shown = await progress(page)
  await input.setInputFiles(file)
  await expect(page.getByRole('status').filter({ hasText: 'is there.' })).toHaveText('Linter is there.')
  expect((await shown()).filter((part) => part > 0.1 && part < 0.9)).not.toEqual([])
  await expect(row(page, 'Linter')).toBeVisible()

  await network.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 })
  await input.setInputFiles(file)
  await expect(page.getByRole('alert')).toContainText('Your org has a pack of this name already.')
  await input.setInputFiles({ ...file, buffer: Buffer.from('no archive') })
  await expect(page.getByRole('alert')).toContainText('Something in it is not right.')

  await page.getByRole('button', { name: 'Delete Linter' }).click()
  await expect(row(page, 'Linter')).toBeHidden()
})
