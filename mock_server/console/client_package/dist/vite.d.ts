import { type Plugin } from 'vite';
import type { ServedPage } from './playwright/setup.js';
export interface MockPluginOptions {
    /** Where the mock listens. Without it: EVERSHELL_MOCK_URL, else port 4010 of this machine. */
    mock?: string;
    /** Start a mock, and stop it with the server, unless `mock` or EVERSHELL_MOCK_URL names one. */
    start?: boolean;
    /** The world of requests that name none. Without it: EVERSHELL_MOCK_WORLD, else `default`. */
    world?: string;
    /** Who the link signs in. */
    persona?: string;
}
/** Hands `/v1`, `/_worlds` and `/_mock` of the page's own origin on to the mock, and prints the ways in. */
export declare function evershellMock({ mock, start, persona, ...options }?: MockPluginOptions): Plugin;
/** The page of a configuration of Vite, built and served on a free port, for a test of all of it. */
export declare function builtPage(configFile: string): Promise<ServedPage>;
