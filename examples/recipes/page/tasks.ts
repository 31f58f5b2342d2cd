import type { Task } from '@evershell/client'

import { Work } from '../sdk/work.ts'

const WORKSPACE = 'ws_01HZ'
const work = new Work('/v1')
const [form, input, list, feed, alert] = ['form', 'input', '#tasks', '#feed', '[role=alert]'].map((each) =>
  document.querySelector(each),
) as [HTMLFormElement, HTMLInputElement, HTMLElement, HTMLElement, HTMLElement]

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

async function show() {
  list.replaceChildren(...(await work.tasks(WORKSPACE)).map(row))
}

form.onsubmit = (event) => {
  event.preventDefault()
  work.submit(WORKSPACE, input.value).then(() => form.reset(), say)
}

async function follow() {
  for await (const { workspace_id, event_type } of work.activity()) {
    if (workspace_id !== WORKSPACE) continue
    feed.append(Object.assign(document.createElement('li'), { textContent: event_type }))
    show().catch(say)
  }
}

show().then(follow).catch(say)
