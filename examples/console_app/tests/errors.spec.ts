import { ApiError } from '@evershell/client'
import { test } from '@evershell/client/playwright'
import { expect } from '@playwright/test'

import { told } from '../src/errors.ts'

const SUBMIT = 'tasks.submit_to_workspace'

test.use({ recordTo: '' }) // a refusal that was asked for says nothing of a server

test('each declared error of a submission has its text', async ({ page, signIn, world }) => {
  const declared = (await world.coverage()).filter(({ operation_id, code }) => operation_id === SUBMIT && code)
  expect(declared.length).toBeGreaterThan(10)
  await signIn('acme-owner', '#/workspaces/ws_01HZ')
  const alert = page.locator('form').getByRole('alert')
  await page.getByLabel('What is to be done').fill('Write it up.')
  for (const { status, code } of declared.sort((one, other) => other.status - one.status)) {
    await world.fault(SUBMIT, { status, code: code as string })
    await page.getByRole('button', { name: 'Submit the task' }).click()
    const refusal = new ApiError(status, { error: { code, details: { fields: {} } } })
    await expect(alert).toContainText(told(refusal).text)
  }
  await world.fault(SUBMIT, { status: 503, undeclared: true, html: true })
  await page.getByRole('button', { name: 'Submit the task' }).click()
  await expect(alert).toHaveText('The service is busy. Try again in a moment.')
})
