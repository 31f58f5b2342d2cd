import type { ErrorBody, ErrorCode } from './generated/api.js';
/** The API refused: `code` says why, and is undefined where the answer is not the API's own, as a gateway's page. */
export declare class ApiError extends Error {
    readonly status: number;
    readonly name = "ApiError";
    readonly code: ErrorCode | undefined;
    readonly requestId: string | undefined;
    readonly details: ErrorBody['details'];
    constructor(status: number, content: unknown);
}
/** What a call of the client was answered; ApiError where it was refused. */
export declare function unwrap<Data>(call: Promise<{
    data?: Data;
    error?: unknown;
    response: Response;
}>): Promise<NonNullable<Data>>;
