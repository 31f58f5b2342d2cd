export type { Entry, Persona } from '../generated/control.js';
export { Mock, MockError } from './mock.js';
export { World, type JournalQuery, type KeepWorld, type Posture } from './world.js';
