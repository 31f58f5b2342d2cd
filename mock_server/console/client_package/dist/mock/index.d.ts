export type { Entry, Persona } from '../generated/control.js';
export { MockError } from './control.js';
export { Mock, World, type JournalQuery, type KeepWorld, type Posture } from './mock.js';
