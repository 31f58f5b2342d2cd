import type { Entry } from '../generated/control.js';
/** The entry on one line: caller, request, answer, and why it was refused. */
export declare function line({ id, caller, method, path, status, code, gate, reason, faults }: Entry): string;
