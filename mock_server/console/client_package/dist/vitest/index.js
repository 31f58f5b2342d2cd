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
        if (task.result?.state === 'fail')
            console.log(`Requests in the world of "${task.name}":\n${await world.story()}`);
        await world.end();
    },
});
