// A control call of a mock and its refusal; in Node.js and in browsers.
import type { Client } from 'openapi-fetch'

import { line } from './story.js'
import type { Entry, paths } from '../generated/control.js'

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
