// One mock for everybody who tests here: the one that runs already, or one that is started and stopped. For Node.js.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Mock } from './mock.js';
export * from './index.js';
/** The mock at EVERSHELL_MOCK_URL, or a new one on a free port. */
export async function startMock({ command = 'evershell-mock', options = [] } = {}) {
    const running = process.env.EVERSHELL_MOCK_URL;
    if (running)
        return Object.assign(mockAt(running), { isOwn: false, stop: async () => { } });
    const mock = spawn(command, ['serve', '--port', '0', '--quiet', '--log-level', 'warning', ...options], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const kill = () => mock.kill();
    process.once('exit', kill);
    const ended = new Promise((resolve) => mock.once('close', () => resolve()));
    const failed = new Promise((_, reject) => {
        mock.once('error', (error) => reject(new Error(`${command} cannot be started: ${whyNot(error)}`)));
        mock.once('close', (code) => reject(new Error(`${command} ended with exit code ${code} before it served`)));
    });
    failed.catch(() => { });
    const origin = await Promise.race([firstUrl(mock.stdout), failed]);
    const stop = async () => {
        process.off('exit', kill);
        kill();
        await ended;
    };
    return Object.assign(mockAt(origin), { isOwn: true, stop });
}
/** Stop a mock at the end of a run of tests, and say which worlds were to stay and end with it. */
export async function stopAfterTests(mock) {
    const kept = mock.isOwn ? (await mock.worlds()).map(({ name }) => name).filter((name) => name !== 'default') : [];
    if (kept.length > 0) {
        console.warn(`The mock of this run ends, and ${kept.join(', ')} with it. EVERSHELL_MOCK_URL names one that stays.`);
    }
    await mock.stop();
}
/** The mock that listens there, with the control token of the environment's EVERSHELL_MOCK_CONTROL_TOKEN. */
export function mockAt(origin) {
    return new Mock(origin, { controlToken: process.env.EVERSHELL_MOCK_CONTROL_TOKEN });
}
/** Why a command was not started, and how to get it where there is none. */
function whyNot(error) {
    if (error.code !== 'ENOENT')
        return error.message;
    return [
        'there is no such command on the PATH.',
        'Get the mock with Python 3.11 or newer: `pip install .` in a clone of its repository, or `pip install FILE.whl`,',
        'in an environment whose commands the shell finds. Or use one that runs: EVERSHELL_MOCK_URL=http://127.0.0.1:4010.',
    ].join('\n');
}
/** The first URL that it prints; what comes after it is read, so that it never waits for a reader. */
function firstUrl(stdout) {
    return new Promise((resolve) => {
        createInterface({ input: stdout }).on('line', (line) => {
            const [found] = line.match(/http:\/\/[^/\s]+/) ?? [];
            if (found)
                resolve(found);
        });
    });
}
