// A plugin of Vite: the page and the API have one origin, so there is no CORS and the cookie is the page's own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { mockAt, startMock } from './mock/start.js';
/** Hands `/v1`, `/_worlds` and `/_mock` of the page's own origin on to the mock, and prints the ways in. */
export function evershellMock({ mock, start = false, persona = 'acme-owner', ...options } = {}) {
    const name = options.world ?? process.env.EVERSHELL_MOCK_WORLD ?? 'default';
    let origin = mock ?? process.env.EVERSHELL_MOCK_URL;
    let started;
    const stop = async () => {
        await started?.stop();
        started = undefined;
    };
    const link = (page) => {
        const world = mockAt(page ?? origin).world(name);
        return [`Sign in:  ${world.signInUrl(persona, page ?? '/')}`, `Console:  ${world.console}`];
    };
    return {
        name: 'evershell-mock',
        async config(_, { command, isPreview }) {
            if (command === 'build' && !isPreview)
                return {};
            if (!origin && start)
                started = await startMock();
            origin ??= started?.origin ?? 'http://127.0.0.1:4010';
            const proxy = proxied(origin, name);
            return { server: { proxy }, preview: { proxy } };
        },
        configureServer(server) {
            server.httpServer?.once('close', () => void stop());
            const print = server.printUrls;
            server.printUrls = () => {
                print();
                for (const line of link(server.resolvedUrls?.local[0]))
                    server.config.logger.info(`  ➜  ${line}`);
            };
        },
        configurePreviewServer(server) {
            server.httpServer.once('close', () => void stop());
        },
    };
}
/** As objects: with a bare string Vite changes the Host, and the mock then takes the page for another site. */
function proxied(target, world) {
    const named = (proxy) => proxy.on('proxyReq', (request) => {
        if (!request.hasHeader('X-Mock-World'))
            request.setHeader('X-Mock-World', world);
    });
    const to = (...ways) => ({
        target,
        configure: (proxy, options) => ways.forEach((way) => way(proxy, options)),
    });
    return {
        '/v1': to(named, handOnLostConnections),
        '/_worlds': to(handOnLostConnections),
        '/_mock': { target },
    };
}
/** Keeps a browser from asking again by itself, as it does where a connection ends without a byte. */
const NO_ANSWER = '\0';
/** Where the mock drops a connection, drop the page's: Vite would answer a 500, and never end a body that is cut. */
const handOnLostConnections = (proxy) => {
    proxy.on('error', (error, _, answer) => {
        const { socket } = answer;
        if (error.code !== 'ECONNRESET' || !('req' in answer) || !socket)
            return;
        answer.detachSocket(socket); // what Vite answers goes nowhere
        socket.end(NO_ANSWER);
    });
    // What the mock does for a browser is done here, so to the mock this is none.
    proxy.on('proxyReq', (request) => request.removeHeader('Sec-Fetch-Site'));
    proxy.on('proxyRes', (answered, _, answer) => {
        answered.once('close', () => {
            if (!answered.complete)
                answer.destroy();
        });
    });
};
/** The page of a configuration of Vite, built and served on a free port, for a test of all of it. */
export async function builtPage(configFile) {
    const outDir = await mkdtemp(join(tmpdir(), 'evershell-page-')); // test runs beside each other share nothing
    const config = { configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } };
    await build(config);
    const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } });
    const stop = async () => {
        await server.close();
        await rm(outDir, { recursive: true });
    };
    return { url: server.resolvedUrls?.local[0], stop };
}
