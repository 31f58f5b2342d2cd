// A running mock, reached through its control API; in Node.js and in browsers.
import createClient, { type Client } from 'openapi-fetch'

import { line } from './story.js'
import { World } from './world.js'
import type { Entry, Persona, paths } from '../generated/control.js'

export type ControlClient = Client<paths>

/** What the details of a refusal may have; the contract of the control API leaves them open. */
interface Details {
  advice?: string
  fields?: Record<string, string>
  entries?: Entry[]
  nearest?: { entry: Entry; differs: Record<string, string> }[]
}

/** The control API refused; `status` and `error`, the envelope's content, are its answer. */
export class MockError extends Error {
  override readonly name = 'MockError'

  constructor(
    readonly status: number,
    readonly error: { code?: string; message?: string; details?: Record<string, unknown> },
  ) {
    super(
      [error.message ?? `The answer is a ${status}.`, ...detailLines((error.details ?? {}) as Details)].join('\n  '),
    )
  }
}

/** What to do about it, which fields are wrong, which entries there were, and how the nearest misses differ. */
function* detailLines({ advice, fields = {}, entries = [], nearest = [] }: Details): Generator<string> {
  if (advice) yield advice
  for (const [name, text] of Object.entries(fields)) yield `${name}: ${text}`
  for (const entry of entries) yield line(entry)
  for (const { entry, differs } of nearest) {
    yield line(entry)
    for (const [name, text] of Object.entries(differs)) yield `  ${name}: ${text}`
  }
}

/** What a control call was answered; MockError where it was refused. */
export async function controlled<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<NonNullable<Data>> {
  const { data, error, response } = await call
  if (!response.ok) throw new MockError(response.status, (error as { error?: object } | undefined)?.error ?? {})
  return data as NonNullable<Data>
}

export class Mock {
  readonly origin: string
  readonly control: ControlClient
  #personas: Promise<Map<string, Persona>> | undefined
  #nodes: Promise<readonly string[]> | undefined

  /** `url` is where it listens, such as `http://127.0.0.1:4010`; beyond this machine it asks for its control token. */
  constructor(url: string, { controlToken }: { controlToken?: string | undefined } = {}) {
    this.origin = url.replace(/\/+$/, '').replace(/\/v1$/, '')
    const headers = controlToken ? { Authorization: `Bearer ${controlToken}` } : {}
    this.control = createClient<paths>({ baseUrl: `${this.origin}/_mock`, headers })
  }

  /** The personas by name, with their constant tokens. */
  personas(): Promise<Map<string, Persona>> {
    this.#personas ??= controlled(this.control.GET('/personas')).then(
      ({ personas }) => new Map(personas.map((persona) => [persona.name, persona])),
    )
    return this.#personas
  }

  /** The token of a persona, such as `acme-owner`; MockError, with a near name, where there is no such persona. */
  async token(persona: string): Promise<string> {
    const known = (await this.personas()).get(persona)
    return (known ?? (await this.world().issue({ persona }))).token // of which the mock says what it does not know
  }

  /** The names of the nodes behind this origin; none where it is one mock. */
  nodes(): Promise<readonly string[]> {
    this.#nodes ??= this.#listedNodes()
    return this.#nodes
  }

  async #listedNodes(): Promise<readonly string[]> {
    const { node } = await controlled(this.control.GET('/health'))
    if (node === undefined) return []
    const answer = await fetch(`${this.origin}/_nodes`)
    return answer.ok ? ((await answer.json()) as { nodes: string[] }).nodes : []
  }

  /** The worlds that exist, of all nodes; each node has a `default`, and the one that is asked counts. */
  async worlds() {
    const nodes = await this.nodes()
    if (nodes.length === 0) return (await controlled(this.control.GET('/worlds'))).worlds
    const { node } = await controlled(this.control.GET('/health'))
    const lists = await Promise.all(
      nodes.map((each) => controlled(this.control.GET('/worlds', { baseUrl: `${this.origin}/_nodes/${each}/_mock` }))),
    )
    return lists.flatMap(({ worlds }) => worlds).filter((each) => each.name !== 'default' || each.node === node)
  }

  /** The world of this name, which is made at its first use. */
  world(name = 'default'): World {
    return new World(this, name)
  }

  /** A new world whose name begins with `about`, such as the name of a test. */
  async freshWorld(about = 'world'): Promise<World> {
    const stem =
      about
        .replace(/[^A-Za-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 50) || 'world'
    const number = crypto.getRandomValues(new Uint32Array(1))[0] as number
    const name = `${stem}-${number.toString(16).padStart(8, '0')}`
    await controlled(this.control.POST('/worlds', { body: { name } }))
    const world = new World(this, name)
    if ((await this.nodes()).length > 0) await world.look()
    return world
  }
}
