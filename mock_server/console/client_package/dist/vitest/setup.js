import { startMock, stopAfterTests } from '../mock/start.js';
export default async function setup(project) {
    const mock = await startMock();
    project.provide('evershellMock', mock.origin);
    return () => stopAfterTests(mock);
}
