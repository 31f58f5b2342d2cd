import type { KeepWorld, World } from '../mock/index.js';
export interface MockOptions {
    /** A folder to which the requests of each test are written as a HAR file, for `traffic` of the suite; '' writes none. */
    recordTo: string | undefined;
    /** Whether the world of a test that failed stays, to be looked at by the link that the report has. */
    keepWorld: KeepWorld;
}
export interface MockFixtures {
    world: World;
    /** Sign the page in as a persona, and go to a path of `baseURL`. */
    signIn: (persona: string, path?: string) => Promise<void>;
}
export declare const test: import("@playwright/test").TestType<import("@playwright/test").PlaywrightTestArgs & import("@playwright/test").PlaywrightTestOptions & MockFixtures & MockOptions, import("@playwright/test").PlaywrightWorkerArgs & import("@playwright/test").PlaywrightWorkerOptions>;
