import type { KeepWorld, Mock, World } from '../mock/index.js';
declare module 'vitest' {
    interface ProvidedContext {
        /** Where the mock listens. */
        evershellMock: string;
        /** Whether the world of a test that failed stays, to be looked at by the link that is printed. */
        keepWorld: KeepWorld;
    }
}
export interface MockFixtures {
    mock: Mock;
    world: World;
}
export declare const test: import("vitest").TestAPI<{
    world: World;
    mock: Mock;
}>;
