import { Mock } from './mock.js';
export * from './index.js';
export interface StartOptions {
    /** The command, where it is not on the PATH. */
    command?: string;
    /** Options of `evershell-mock serve`, such as `['--fixtures', 'DIR']`. */
    options?: readonly string[];
}
/** A mock, and what ends it if it was started here. */
export interface StartedMock extends Mock {
    stop(): Promise<void>;
}
/** The mock at EVERSHELL_MOCK_URL, or a new one on a free port. */
export declare function startMock({ command, options }?: StartOptions): Promise<StartedMock>;
/** The mock that listens there, with the control token of the environment's EVERSHELL_MOCK_CONTROL_TOKEN. */
export declare function mockAt(origin: string): Mock;
