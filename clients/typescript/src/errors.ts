// A refusal of the API as an error that can be thrown.
import type { ErrorBody, ErrorCode } from './generated/api.js'

/** The API refused: `code` says why, and is undefined where the answer is not the API's own, as a gateway's page. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode | undefined
  readonly requestId: string | undefined
  readonly details: ErrorBody['details']

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

/** What a call of the client was answered; ApiError where it was refused. */
export async function unwrap<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<NonNullable<Data>> {
  const { data, error, response } = await call
  if (!response.ok) throw new ApiError(response.status, error)
  return data as NonNullable<Data>
}
