import type { ErrorBody } from './generated/api.js';
declare class Refusal extends Error {
    readonly status: number;
    readonly name = "ApiError";
    readonly code: unknown;
    readonly details: unknown;
    readonly requestId: string | undefined;
    constructor(status: number, content: unknown);
}
type By<Body extends {
    code: unknown;
    details?: unknown;
}> = Body extends unknown ? Omit<Refusal, 'code' | 'details'> & {
    readonly code: Body['code'];
    readonly details: Body['details'];
} : never;
/** The API refused: `code` says why, and what `details` has. Both are undefined for a page that is a gateway's own. */
export type ApiError = By<ErrorBody | {
    code: undefined;
    details: undefined;
}>;
export declare const ApiError: new (status: number, content: unknown) => ApiError;
/** What a call of the client was answered; ApiError where it was refused. */
export declare function unwrap<Data>(call: Promise<{
    data?: Data;
    error?: unknown;
    response: Response;
}>): Promise<NonNullable<Data>>;
export {};
