// Playwright's `test` with a `world`, for each test its own, and `signIn`. The page needs no word of it: the browser
// sends the world's name with every request.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { mockAt } from '../mock/start.js';
import { MOCK_URL, PAGE_URL } from './setup.js';
export const test = base.extend({
    recordTo: [undefined, { option: true }],
    keepWorld: ['never', { option: true }],
    baseURL: async ({ baseURL }, use) => {
        await use(baseURL ?? process.env[PAGE_URL]);
    },
    world: async ({ keepWorld, recordTo }, use, testInfo) => {
        const origin = process.env[MOCK_URL];
        if (!origin)
            throw new Error('No mock was started: name a globalSetup that calls setUp of @evershell/client/playwright/setup');
        const world = await mockAt(origin).freshWorld(testInfo.title);
        await use(world);
        const failed = testInfo.status !== testInfo.expectedStatus;
        const kept = failed && keepWorld === 'on-failure';
        if (kept)
            testInfo.annotations.push({ type: 'console', description: world.console });
        if (failed) {
            const body = [
                ...(kept ? [`Its world stays while the mock runs: ${world.console}`] : []),
                await world.story(),
            ].join('\n');
            await testInfo.attach('requests', { body, contentType: 'text/plain' });
        }
        if (recordTo) {
            await mkdir(recordTo, { recursive: true });
            await writeFile(join(recordTo, `${world.name}.har`), JSON.stringify(await world.har()));
        }
        if (!kept)
            await world.end();
    },
    extraHTTPHeaders: async ({ extraHTTPHeaders, world }, use) => {
        await use({ ...extraHTTPHeaders, 'X-Mock-World': world.name });
    },
    signIn: async ({ baseURL, page, world }, use) => {
        await use((persona, path = '') => signedIn(page, world.signInUrl(persona, new URL(path, baseURL).href)));
    },
});
async function signedIn(page, url) {
    await page.goto(url);
}
