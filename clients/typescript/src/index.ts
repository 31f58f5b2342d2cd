// The API for a front end: its types, a client of it, its errors, and the stream of what happens.
export type * from './generated/api.js'
export { followActivity, type ActivityOptions } from './activity.js'
export { createEvershellClient, type EvershellClient, type EvershellOptions } from './client.js'
export { ApiError, unwrap } from './errors.js'
export { fetchWithProgress } from './progress.js'
