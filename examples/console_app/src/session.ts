// Who is signed in. Whatever is answered 401 ends the session; what was typed stays on the page.
import { ApiError, unwrap, type Session } from '@evershell/client'
import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query'

import { api } from './api.ts'

export interface SignedIn {
  session: Session | undefined
  /** There was a session, and it is over. */
  ended: boolean
}

export const signedIn = queryOptions({
  queryKey: ['session'],
  refetchOnWindowFocus: 'always',
  queryFn: async (): Promise<SignedIn> => {
    try {
      return { session: await unwrap(api.GET('/me/session')), ended: false }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return { session: undefined, ended: false }
      throw error
    }
  },
})

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticed }),
  mutationCache: new MutationCache({ onError: noticed }),
  defaultOptions: {
    // A refusal stays one; whatever else went wrong may go well the next time.
    queries: { retry: (count, error) => !isRefusal(error) && count < 2, retryDelay: 500 },
    // What cannot be sent is said at once, not kept for later: by then somebody else may have changed it.
    mutations: { networkMode: 'always' },
  },
})

/** What an error says of the session: that it is over, or that the org's billing has changed. */
export function noticed(error: unknown): void {
  if (!(error instanceof ApiError)) return
  if (error.status === 401) {
    queryClient.setQueryData(signedIn.queryKey, (before) => ({ session: before?.session, ended: true }))
  }
  if (error.code === 'billing_inactive') void queryClient.invalidateQueries({ queryKey: signedIn.queryKey })
}

export function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500
}

/** Where one signs in, to come back to what is shown now. */
export function signInUrl(): string {
  const path = (import.meta.env.VITE_SIGN_IN as string | undefined) ?? '/_mock/login?persona=acme-owner'
  return `${path}&return_to=${encodeURIComponent(location.href)}`
}
