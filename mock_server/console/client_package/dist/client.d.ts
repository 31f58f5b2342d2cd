import { type Client, type ClientOptions, type FetchOptions, type FetchResponse, type ParseAs } from 'openapi-fetch';
import type { paths } from './generated/api.js';
type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';
type PathsWith<M extends Method> = {
    [Path in keyof paths]: paths[Path] extends Record<M, unknown> ? Path : never;
}[keyof paths];
type Operation<Path extends keyof paths, M extends Method> = paths[Path][M] & {};
/** What is sent with a call; it may be left out where nothing of it is required. */
type Sent<Options, As extends ParseAs> = {} extends Options ? [options?: Options & {
    parseAs?: As;
}] : [options: Options & {
    parseAs?: As;
}];
/**
 * A call of one method. openapi-fetch infers the type of all that is sent, and then takes every field; here the path
 * alone is inferred, so that the compiler refuses a field that the contract does not have.
 */
type Call<M extends Method> = <Path extends PathsWith<M>, As extends ParseAs = 'json'>(path: Path, ...sent: Sent<FetchOptions<Operation<Path, M>>, As>) => Promise<FetchResponse<Operation<Path, M>, {
    parseAs: As;
}, `${string}/${string}`>>;
export type EvershellClient = {
    [M in Method as Uppercase<M>]: Call<M>;
} & Pick<Client<paths>, 'use' | 'eject'>;
export interface EvershellOptions extends ClientOptions {
    /** A session or an API key. Without one the browser's cookie says who calls. */
    token?: string;
}
/** A client of the API at `baseUrl`, such as `https://acme.evershell.ai/v1`. */
export declare function createEvershellClient({ token, headers, ...options }: EvershellOptions): EvershellClient;
export {};
