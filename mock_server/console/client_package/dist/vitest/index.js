// Vitest's `test` with a `world`, for each test its own.
import { inject, test as base } from 'vitest';
import { mockAt } from '../mock/start.js';
export const test = base.extend({
    mock: async ({}, use) => {
        await use(mockAt(inject('evershellMock')));
    },
    world: async ({ mock, task }, use) => {
        const world = await mock.freshWorld(task.name);
        await use(world);
        const failed = task.result?.state === 'fail';
        const kept = failed && inject('keepWorld') === 'on-failure';
        if (failed)
            console.log(`Requests in the world of "${task.name}":\n${await world.story()}`);
        if (kept)
            console.log(`Its world stays while the mock runs: ${world.console}`);
        else
            await world.end();
    },
});
