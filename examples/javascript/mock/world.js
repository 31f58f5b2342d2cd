// A world of the mock for each test: it begins with the same data as every other, and nobody else sees it.
import { randomBytes } from 'node:crypto'

export class World {
  constructor(origin, about = 'world') {
    const stem = about.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 50) || 'world'
    this.origin = origin
    this.name = `${stem}-${randomBytes(4).toString('hex')}`
  }

  /** The base URL of the API in this world: what the code under test is given. */
  get url() {
    return `${this.origin}/_worlds/${this.name}/v1`
  }

  /** A token that says who calls: `acme-owner`, `globex-read-only`. `evershell-mock personas` lists them. */
  async token(persona, how = {}) {
    return (await this.control('POST', '/tokens', { persona, ...how })).token
  }

  /** `active`, `trial`, `trial_expired`, `past_due` or `decommissioning`. */
  async billing(orgId, posture) {
    await this.control('PUT', `/orgs/${orgId}/billing`, { posture })
  }

  /** Stop the clock of the world, at a time such as `2026-07-01T09:00:00Z`. */
  async freeze(now) {
    return this.control('PUT', '/clock', { mode: 'frozen', now })
  }

  /** Move the clock, and let happen what is due by then. */
  async advance(seconds) {
    return this.control('PUT', '/clock', { advance_seconds: seconds })
  }

  /** Move the clock to when a workspace or a task takes its next step; `next` of the answer is the one after it. */
  async step(count = 1) {
    return this.control('PUT', '/clock', { advance_steps: count })
  }

  async clock() {
    return this.control('GET', '/clock')
  }

  /** Bring the world into a state that no call brings about; the answer is what undoes it, with `teardown`. */
  async state(state, params, { action = 'setup', values } = {}) {
    return this.control('POST', '/states', { action, state, params, values })
  }

  /** End every open stream of the world, and whatever waits in it; its state stays as it is. */
  async cut() {
    await this.control('POST', '/snapshots', { name: 'before-cut' })
    await this.control('POST', '/snapshots/before-cut/restore')
    await this.control('DELETE', '/snapshots/before-cut')
  }

  /**
   * What is to happen to the next calls of an operation: `{ status, code, delay_ms, jitter_ms, drop, truncate, times }`,
   * `undeclared: true` for a status that the contract does not declare, `html: true` for the page of a gateway,
   * `times: 'always'`.
   */
  async fault(operationId, what) {
    await this.control('POST', '/faults', { operation_id: operationId, ...what })
  }

  /** The requests that came, oldest first; `{ operation_id, status, code, caller, since }` choose. */
  async journal(wanted = {}) {
    return (await this.control('GET', `/journal?${new URLSearchParams(wanted)}`)).entries
  }

  /** Each request when it has been answered; first those that came after the entry `after`, 0 for all. */
  async *follow(after = 0) {
    const headers = { 'Last-Event-ID': String(after) }
    const { body } = await fetch(`${this.origin}/_mock/worlds/${this.name}/journal/stream`, { headers })
    let text = ''
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const events = (text + chunk).split('\n\n')
      text = events.pop() // not whole yet
      for (const event of events) {
        const entry = event.match(/^id: \d+\ndata: (.+)$/) // the others are comments and gaps
        if (entry) yield JSON.parse(entry[1])
      }
    }
  }

  async remove() {
    try {
      await this.control('DELETE', '')
    } catch (error) {
      if (error.cause?.code !== 'world_unknown') throw error // nobody asked anything in it
    }
  }

  async control(method, path, body) {
    const answer = await fetch(`${this.origin}/_mock/worlds/${this.name}${path}`, {
      method,
      headers: body && { 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const content = await answer.json()
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(content.error)}`, { cause: content.error })
    return content
  }
}
