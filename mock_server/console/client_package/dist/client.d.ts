import { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './generated/api.js';
export type EvershellClient = Client<paths>;
export interface EvershellOptions extends ClientOptions {
    /** A session or an API key. Without one the browser's cookie says who calls. */
    token?: string;
}
/** A client of the API at `baseUrl`, such as `https://acme.evershell.ai/v1`. */
export declare function createEvershellClient({ token, headers, ...options }: EvershellOptions): EvershellClient;
