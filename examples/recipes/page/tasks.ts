import type { Task } from '@evershell/client'

import { Work } from '../sdk/work.ts'

const WORKSPACE = 'ws_01HZ'
const work = new Work('/v1')
const [form, fields, input, list, feed, alert] = ['form', 'fieldset', 'input', '#tasks', '#feed', '[role=alert]'].map(
  (each) => document.querySelector(each),
) as [HTMLFormElement, HTMLFieldSetElement, HTMLInputElement, HTMLElement, HTMLElement, HTMLElement]

function say(error: unknown) {
  alert.textContent = (error as Error).message
  alert.hidden = false
}

function row({ description, status, reason }: Task): HTMLElement {
  const item = document.createElement('li')
  item.textContent = `${description} ${status}`
  if (reason === 'agent_unreachable') item.textContent += ': nobody can reach the agent'
  return item
}

// One list is read after the other, so that an older answer never takes the place of a newer one.
let shown = Promise.resolve()

function show(): Promise<void> {
  const read = async () => list.replaceChildren(...(await work.tasks(WORKSPACE)).map(row))
  return (shown = shown.then(read, read))
}

form.onsubmit = (event) => {
  event.preventDefault()
  work.submit(WORKSPACE, input.value).then(() => form.reset(), say)
}

// Tasks are listed once the feed is there: what changes between a list and the feed's beginning would not be shown.
function showWhenConnected(connected: boolean) {
  if (connected) show().then(() => (fields.disabled = false), say)
}

async function follow() {
  for await (const { workspace_id, event_type } of work.activity(showWhenConnected)) {
    if (workspace_id !== WORKSPACE) continue
    await show().catch(say)
    feed.append(Object.assign(document.createElement('li'), { textContent: event_type }))
  }
}

follow().catch(say)
