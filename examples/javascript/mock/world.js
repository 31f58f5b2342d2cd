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
