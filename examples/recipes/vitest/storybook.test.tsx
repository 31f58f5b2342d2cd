// @vitest-environment jsdom
// @vitest-environment-options { "url": "http://127.0.0.1:6006/" }
// The stories, as Storybook plays them: loaders, the component, and what a story does with it.
import { test } from '@evershell/client/vitest'
import { composeStories, setProjectAnnotations } from '@storybook/react-vite'
import { configure, within } from 'storybook/test'
import { expect, inject, vi } from 'vitest'

vi.stubEnv('STORYBOOK_MOCK', inject('evershellMock'))
setProjectAnnotations([])
configure({ asyncUtilTimeout: 20_000 }) // on a machine that is busy, too
const stories = composeStories(await import('../storybook/packs.stories.tsx'))
const accounts = composeStories(await import('../storybook/account.stories.tsx'))

test.for([
  ['Library', stories.Library, 'Pager: org'],
  ['Empty', stories.Empty, 'There is no pack yet.'],
  ['Refused', stories.Refused, 'unauthenticated'],
  ['Unpaid', stories.Unpaid, 'Pager: org'],
  ['Owner', accounts.Owner, 'owner@acme.example of org_acme'],
  ['Revoked', accounts.Revoked, 'The credential was revoked.'],
] as const)('the story %s', async ([, story, text], { mock }) => {
  const canvasElement = document.body.appendChild(document.createElement('div'))
  await story.run({ canvasElement })
  expect(await within(canvasElement).findByText(text, { exact: false })).toBeTruthy()
  await mock.world(`story-${story.id}`).delete()
})
