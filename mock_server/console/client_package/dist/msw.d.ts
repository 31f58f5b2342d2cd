import { type HttpHandler } from 'msw';
/**
 * Sends each request below the API's base URL to the world's instead, headers, body and method as they are. In a
 * browser the base URL may be one of the page's own origin, such as `/v1`.
 */
export declare function toWorld(apiUrl: string, worldUrl: string): HttpHandler;
