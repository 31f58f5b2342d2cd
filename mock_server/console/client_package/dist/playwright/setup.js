// Playwright's `globalSetup`: before all workers one mock, and the page that asks it; after them their end.
import { startMock, stopAfterTests } from '../mock/start.js';
/** The variables of the environment in which workers, and what serves the page, read what was started. */
export const MOCK_URL = 'EVERSHELL_MOCK_URL';
export const PAGE_URL = 'EVERSHELL_PAGE_URL';
/** Start a mock, and let `serve` start the page that is tested; the answer ends both. */
export async function setUp(serve) {
    const mock = await startMock();
    process.env[MOCK_URL] = mock.origin;
    const page = await serve?.();
    if (page)
        process.env[PAGE_URL] = page.url;
    return async () => {
        await page?.stop();
        await stopAfterTests(mock);
    };
}
/** For a page that Playwright's `webServer` serves, or that runs already. */
export default () => setUp();
