// The code under test: tasks in a workspace, and what happens to them. It knows a base URL and a token, and no mock.

const PAUSE_MS = 500
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

class Refused extends Error {}

export class Work {
  /** Without a token the browser's session counts. */
  constructor(baseUrl, token) {
    this.baseUrl = baseUrl
    this.token = token
  }

  /** The tasks of a workspace, the newest first. */
  async tasks(workspaceId) {
    return this.#json('GET', `/workspaces/${workspaceId}/tasks`)
  }

  async submit(workspaceId, description) {
    return this.#json('POST', `/workspaces/${workspaceId}/tasks`, { description })
  }

  /** What happens in the workspaces of the org, without end: after a lost connection it goes on where it was. */
  async *activity() {
    for (let last = null; ; await pause(PAUSE_MS)) {
      try {
        const answer = await this.#ask('GET', '/activity/stream', { headers: last && { 'Last-Event-ID': last } })
        if (answer.status < 500 && !answer.ok) throw new Refused(await answer.text())
        for await (const event of eventsOf(answer.body)) {
          last = event.id
          yield event
        }
      } catch (error) {
        if (error instanceof Refused) throw error // else the connection was lost
      }
    }
  }

  async #json(method, path, body) {
    const answer = await this.#ask(method, path, {
      headers: body && { 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const content = await answer.json()
    if (answer.ok) return content
    throw new Refused(`${content.error.code}: ${content.error.message}`)
  }

  async #ask(method, path, { headers, ...options }) {
    const credential = this.token && { Authorization: `Bearer ${this.token}` }
    return fetch(this.baseUrl + path, {
      method,
      credentials: 'include',
      headers: { ...headers, ...credential },
      ...options,
    })
  }
}

/** The events of a stream, one after the other; comments are none. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const blocks = (text + part.value).split('\n\n')
    text = blocks.pop() // not whole yet
    for (const block of blocks) {
      const data = block.match(/^data: (.+)$/m)
      if (data) yield JSON.parse(data[1])
    }
  }
}
