// The code under test: it knows a base URL and a token, and nothing of a mock.

/** The org's billing does not allow it. */
export class Unpaid extends Error {}

export class Packs {
  /** Without a token the browser's session counts. */
  constructor(baseUrl, token) {
    this.baseUrl = baseUrl
    this.token = token
  }

  async list() {
    return (await this.#ask('GET', '/packs')).packs
  }

  async publish(id) {
    return this.#ask('PATCH', `/packs/${id}`, { visibility: 'community' })
  }

  async #ask(method, path, body) {
    const headers = {}
    if (this.token) headers.Authorization = `Bearer ${this.token}`
    if (body) headers['Content-Type'] = 'application/json'
    const answer = await fetch(this.baseUrl + path, {
      method,
      headers,
      credentials: 'include',
      body: body && JSON.stringify(body),
    })
    const content = await answer.json()
    if (answer.ok) return content
    const { code, message, request_id } = content.error
    if (code === 'billing_inactive') throw new Unpaid(message)
    throw new Error(`${code}: ${message} (${request_id})`)
  }
}
