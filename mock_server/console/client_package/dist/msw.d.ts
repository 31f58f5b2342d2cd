import { type HttpHandler } from 'msw';
/** Sends each request below the API's base URL to the world's instead, headers, body and method as they are. */
export declare function toWorld(apiUrl: string, worldUrl: string): HttpHandler;
