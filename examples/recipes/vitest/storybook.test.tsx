// @vitest-environment jsdom
// @vitest-environment-options { "url": "http://127.0.0.1:6006/" }
// The stories, as Storybook plays them: loaders, the component, and what a story does with it.
import { test } from '@evershell/client/vitest'
import { composeStories, setProjectAnnotations } from '@storybook/react-vite'
import { within } from 'storybook/test'
import { expect, inject, vi } from 'vitest'

vi.stubEnv('STORYBOOK_MOCK', inject('evershellMock'))
setProjectAnnotations([])
const stories = composeStories(await import('../storybook/packs.stories.tsx'))

test.for([
  ['Library', 'Pager: org'],
  ['Empty', 'There is no pack yet.'],
  ['Refused', 'unauthenticated'],
  ['Unpaid', 'Pager: org'],
] as const)('the story %s', async ([name, text], { mock }) => {
  const canvasElement = document.body.appendChild(document.createElement('div'))
  await stories[name].run({ canvasElement })
  expect(await within(canvasElement).findByText(text, { exact: false })).toBeTruthy()
  await mock.world(`story-${stories[name].id}`).delete()
})
