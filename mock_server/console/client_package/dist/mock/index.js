export { MockError } from './control.js';
export { Mock, World } from './mock.js';
