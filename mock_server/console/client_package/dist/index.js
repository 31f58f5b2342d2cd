export { followActivity } from './activity.js';
export { createEvershellClient } from './client.js';
export { ApiError, unwrap } from './errors.js';
export { fetchWithProgress } from './progress.js';
