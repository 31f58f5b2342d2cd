// A refusal of the API as an error that can be thrown.
import type { ErrorBody } from './generated/api.js'

class Refusal extends Error {
  override readonly name = 'ApiError'
  readonly code: unknown
  readonly details: unknown
  readonly requestId: string | undefined

  constructor(
    readonly status: number,
    content: unknown,
  ) {
    const error = (content as { error?: Partial<ErrorBody> } | undefined)?.error
    super(error?.message ?? `The answer is a ${status}.`)
    this.code = error?.code
    this.requestId = error?.request_id
    this.details = error?.details
  }
}

type By<Body extends { code: unknown; details?: unknown }> = Body extends unknown
  ? Omit<Refusal, 'code' | 'details'> & { readonly code: Body['code']; readonly details: Body['details'] }
  : never

/** The API refused: `code` says why, and what `details` has. Both are undefined for a page that is a gateway's own. */
export type ApiError = By<ErrorBody | { code: undefined; details: undefined }>
export const ApiError = Refusal as new (status: number, content: unknown) => ApiError

/** What a call of the client was answered; ApiError where it was refused. */
export async function unwrap<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<NonNullable<Data>> {
  const { data, error, response } = await call
  if (!response.ok) throw new ApiError(response.status, error)
  return data as NonNullable<Data>
}
