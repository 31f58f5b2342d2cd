import type { Client } from 'openapi-fetch';
import type { paths } from '../generated/control.js';
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
