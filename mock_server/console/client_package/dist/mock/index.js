export { Mock, MockError } from './mock.js';
export { World } from './world.js';
