export type * from './generated/api.js';
export { followActivity, type ActivityOptions } from './activity.js';
export { createEvershellClient, type EvershellClient, type EvershellOptions } from './client.js';
export { ApiError, unwrap } from './errors.js';
export { fetchWithProgress } from './progress.js';
