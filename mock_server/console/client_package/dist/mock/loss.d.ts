import type { WorldInList } from '../generated/control.js';
/** What was lost of a world since it was looked at, as a sentence; undefined: nothing. */
export declare function loss(before: WorldInList, now: WorldInList): string | undefined;
