import type { EvershellClient } from './client.js';
import type { Activity } from './generated/api.js';
export interface ActivityOptions {
    /** Of one workspace; else of all that the caller is shown. */
    workspaceId?: string;
    /** The id of an event: begin with what came after it. Else with what comes after the first event is asked for. */
    after?: string;
    /** Ends it. */
    signal?: AbortSignal;
    /** Is told when a connection is there, and when it is lost. */
    onConnection?: (connected: boolean) => void;
    /** How long to wait before it connects again. */
    pauseMs?: number;
}
/** Each event, without end: after a lost connection it goes on where it was. ApiError where the API refuses. */
export declare function followActivity(api: EvershellClient, options?: ActivityOptions): AsyncGenerator<Activity, void>;
