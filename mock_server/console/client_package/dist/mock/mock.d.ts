import { type Client } from 'openapi-fetch';
import { World } from './world.js';
import type { Persona, paths } from '../generated/control.js';
export type ControlClient = Client<paths>;
/** The control API refused; `status` and `error`, the envelope's content, are its answer. */
export declare class MockError extends Error {
    readonly status: number;
    readonly error: {
        code?: string;
        message?: string;
        details?: Record<string, unknown>;
    };
    readonly name = "MockError";
    constructor(status: number, error: {
        code?: string;
        message?: string;
        details?: Record<string, unknown>;
    });
}
/** What a control call was answered; MockError where it was refused. */
export declare function controlled<Data>(call: Promise<{
    data?: Data;
    error?: unknown;
    response: Response;
}>): Promise<NonNullable<Data>>;
export declare class Mock {
    #private;
    readonly origin: string;
    readonly control: ControlClient;
    /** `url` is where it listens, such as `http://127.0.0.1:4010`; beyond this machine it asks for its control token. */
    constructor(url: string, { controlToken }?: {
        controlToken?: string | undefined;
    });
    /** The personas by name, with their constant tokens. */
    personas(): Promise<Map<string, Persona>>;
    /** The token of a persona, such as `acme-owner`; MockError, with a near name, where there is no such persona. */
    token(persona: string): Promise<string>;
    /** The names of the nodes behind this origin; none where it is one mock. */
    nodes(): Promise<readonly string[]>;
    /** The worlds that exist, of all nodes; each node has a `default`, and the one that is asked counts. */
    worlds(): Promise<{
        name: import("../generated/control.js").components["schemas"]["WorldName"];
        requests: number;
        snapshots: number;
        clock: {
            mode: "real" | "frozen";
            now: string;
            offset_seconds?: number;
            next?: {
                at: string;
                object: string;
                from?: string;
                to?: string;
            };
            due?: {
                at: string;
                object: string;
                from?: string;
                to?: string;
            }[];
        };
        began: string;
        resumed?: {
            at: string;
            since: string;
            changes_lost?: string;
            journal_lost?: string;
        };
        node?: string;
        served_since?: string;
    }[]>;
    /** The world of this name, which is made at its first use. */
    world(name?: string): World;
    /** A new world whose name begins with `about`, such as the name of a test. */
    freshWorld(about?: string): Promise<World>;
}
