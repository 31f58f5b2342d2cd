// openapi-fetch for the contract of the API.
import createClient, {
  defaultPathSerializer,
  type Client,
  type ClientOptions,
  type FetchOptions,
  type FetchResponse,
  type ParseAs,
} from 'openapi-fetch'

import type { paths } from './generated/api.js'

type Method = 'get' | 'put' | 'post' | 'delete' | 'patch'

type PathsWith<M extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<M, unknown> ? Path : never
}[keyof paths]

type Operation<Path extends keyof paths, M extends Method> = paths[Path][M] & {}

/** What is sent with a call; it may be left out where nothing of it is required. */
type Sent<Options, As extends ParseAs> = {} extends Options
  ? [options?: Options & { parseAs?: As }]
  : [options: Options & { parseAs?: As }]

/**
 * A call of one method. openapi-fetch infers the type of all that is sent, and then takes every field; here the path
 * alone is inferred, so that the compiler refuses a field that the contract does not have.
 */
type Call<M extends Method> = <Path extends PathsWith<M>, As extends ParseAs = 'json'>(
  path: Path,
  ...sent: Sent<FetchOptions<Operation<Path, M>>, As>
) => Promise<FetchResponse<Operation<Path, M>, { parseAs: As }, `${string}/${string}`>>

export type EvershellClient = { [M in Method as Uppercase<M>]: Call<M> } & Pick<Client<paths>, 'use' | 'eject'>

export interface EvershellOptions extends ClientOptions {
  /** A session or an API key. Without one the browser's cookie says who calls. */
  token?: string
}

/** A client of the API at `baseUrl`, such as `https://acme.evershell.ai/v1`. */
export function createEvershellClient({ token, headers, ...options }: EvershellOptions): EvershellClient {
  return createClient<paths>({
    credentials: 'include',
    fetch: (...asked) => globalThis.fetch(...asked), // looked up at each call, since tests replace it after this one
    pathSerializer: withPlainSlashes,
    bodySerializer: serialized,
    Request: RequestOfBytes,
    ...options,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...headers },
  }) as EvershellClient
}

/** The path of a file keeps its slashes: the API takes no encoded ones. An id has none that are not encoded. */
const withPlainSlashes: typeof defaultPathSerializer = (template, params) => {
  const before = template.replace(/\{path\}$/, '')
  if (before === template) return defaultPathSerializer(template, params)
  const segments = String(params.path).split('/').map(encodeURIComponent)
  return defaultPathSerializer(before, params) + segments.join('/')
}

/** Bytes as they are, a form where a part of the body is a file, else JSON. */
function serialized(body: unknown): BodyInit {
  if (body instanceof Blob || body instanceof FormData) return body
  const parts = Object.entries(body as Record<string, unknown>).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, unknown] => [name, each]),
  )
  if (!parts.some(([, value]) => value instanceof Blob)) return JSON.stringify(body)
  const form = new FormData()
  for (const [name, value] of parts) {
    if (value instanceof Blob) form.append(name, value)
    else if (value !== undefined) form.append(name, String(value))
  }
  return form
}

/** openapi-fetch calls every body but a form JSON; the API takes bytes as what they are alone. */
class RequestOfBytes extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(input, init)
    if (init?.body instanceof Blob && this.headers.get('Content-Type') === 'application/json') {
      this.headers.set('Content-Type', 'application/octet-stream')
    }
  }
}
