// A request as somebody would write it: for a shell, for a page, for Python. One that `streams` has an answer which goes
// on for minutes: it is read as it comes and for some seconds, and a comment says so.

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const literal = (value) => JSON.stringify(value, null, 2);
const indented = (text, by = '  ') => text.replaceAll('\n', `\n${by}`);

const SECONDS = 5;
const ENDS = `The answer goes on for minutes: this reads it for some ${SECONDS} seconds.`;

const PYTHON = new Map([
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
]);

/** The request as a curl command. */
export function curl({ method, url, headers = {}, body, form, streams }) {
  const parts = [streams ? `# ${ENDS}\ncurl -i --no-buffer --max-time ${SECONDS}` : 'curl -i'];
  if (method !== 'GET' && !(form && method === 'POST')) parts.push(`-X ${method}`);
  parts.push(shell(url));
  const lines = [parts.join(' '), ...Object.entries(headers).map(([name, text]) => `-H ${shell(`${name}: ${text}`)}`)];
  for (const [name, value, isFile] of form ?? []) lines.push(`-F ${shell(`${name}=${isFile ? '@' : ''}${value}`)}`);
  if (body) lines.push(`--data-raw ${shell(body)}`);
  return lines.join(' \\\n  ');
}

/** The request with fetch. */
export function fetching(request) {
  const value = valueOf(request);
  const body = value === undefined ? literal(request.body) : `JSON.stringify(${indented(literal(value))})`;
  return [
    ...formLines(request, "document.querySelector('input[type=file]').files"),
    `const answer = await fetch(${options(request, body)});`,
    ...(request.streams
      ? ['console.log(answer.status);', ...readLines('body')]
      : ['console.log(answer.status, await answer.text());']),
  ].join('\n');
}

/** The request in TypeScript; `sent` and `got` are types with the declarations that they need. */
export function typed(request, { sent, got }) {
  const value = valueOf(request);
  const known = new Map([...(value === undefined ? [] : (sent?.declared ?? [])), ...(got?.declared ?? [])]);
  return [
    ...known.values(),
    ...(known.size ? [''] : []),
    ...formLines(request, "document.querySelector<HTMLInputElement>('input[type=file]')!.files!"),
    ...(value === undefined ? [] : [`const body: ${sent?.type ?? 'unknown'} = ${literal(value)};`]),
    `const answer = await fetch(${options(request, value === undefined ? literal(request.body) : 'JSON.stringify(body)')});`,
    'if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);',
    ...(request.streams
      ? readLines('body!')
      : [
          got ? `const data: ${got.type} = await answer.json();` : 'const data: string = await answer.text();',
          'console.log(data);',
        ]),
  ].join('\n');
}

function readLines(body) {
  return [
    `// ${ENDS}`,
    `const reader = answer.${body}.pipeThrough(new TextDecoderStream()).getReader();`,
    `setTimeout(() => reader.cancel(), ${SECONDS}_000);`,
    'for (let part = await reader.read(); !part.done; part = await reader.read()) console.log(part.value);',
  ];
}

/** The JSON body; undefined where there is none. */
function valueOf({ headers = {}, body }) {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (!body || !type.startsWith('application/json')) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // it is sent as it is
  }
}

function formLines({ form }, files) {
  if (!form) return [];
  const fields = form.map(([name, value, isFile]) =>
    isFile ? `body.append(${literal(name)}, file);` : `body.append(${literal(name)}, ${literal(value)});`,
  );
  return [`const [file] = ${files};`, 'const body = new FormData();', ...fields];
}

function options({ method, url, headers = {}, body, form }, sent) {
  const lines = [];
  if (method !== 'GET') lines.push(`  method: ${literal(method)},`);
  lines.push(`  headers: ${indented(literal(headers))},`);
  if (form) lines.push('  body,');
  else if (body) lines.push(`  body: ${sent},`);
  return `${literal(url)}, {\n${lines.join('\n')}\n}`;
}

/** The request in Python with httpx. */
export function httpx(request) {
  const { method, url, headers = {}, body, form } = request;
  const given = [literal(method), literal(url), `headers=${python(headers)}`];
  const value = valueOf(request);
  if (form) {
    const files = form.filter(([, , isFile]) => isFile);
    const others = form.filter(([, , isFile]) => !isFile);
    const read = (path) => `(${literal(path)}, Path(${literal(path)}).read_bytes())`;
    given.push(`files={${files.map(([name, path]) => `${literal(name)}: ${read(path)}`).join(', ')}}`);
    given.push(`data=${python(Object.fromEntries(others))}`);
  } else if (value !== undefined) given.push(`json=${python(value)}`);
  else if (body) given.push(`content=${literal(body)}`);
  const lines = given.map((each) => `    ${indented(each, '    ')},`);
  if (request.streams) return streamed(lines.join('\n'));
  const imports = form ? 'from pathlib import Path\n\nimport httpx' : 'import httpx';
  return `${imports}\n\nanswer = httpx.request(\n${lines.join('\n')}\n)\nprint(answer.status_code, answer.text)`;
}

function streamed(given) {
  return `import time

import httpx

# ${ENDS}
ends = time.monotonic() + ${SECONDS}
try:
    with httpx.stream(
        ${given.trim().replaceAll('\n', '\n    ')}
        timeout=${SECONDS},
    ) as answer:
        print(answer.status_code)
        for line in answer.iter_lines():
            print(line)
            if time.monotonic() > ends:
                break
except httpx.ReadTimeout:
    pass`;
}

/** A JSON value as a Python literal. */
function python(value) {
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, each]) => `${literal(name)}: ${python(each)}`)
      .join(', ')}}`;
  return PYTHON.get(value) ?? literal(value);
}

/** The request as a test of pytest, which expects the answer of an entry of the journal. */
export function tested(request, { status, code }) {
  const { pathname } = new URL(request.url);
  const name = `${request.method} ${pathname} ${status}`
    .toLowerCase()
    .match(/[a-z0-9]+/g)
    .join('_');
  const [imports, call] = httpx({ ...request, streams: false }).split('\n\n');
  const asked = call.split('\nprint(')[0];
  const lines = [`assert answer.status_code == ${status}`];
  if (code) lines.push(`assert answer.json()["error"]["code"] == ${literal(code)}`);
  return `${imports}\n\n\ndef test_${name}() -> None:\n    ${indented([asked, ...lines].join('\n'), '    ')}\n`;
}

/** The snippets by name. */
export function snippetsOf(request) {
  return [
    ['curl', curl(request)],
    ['fetch', fetching(request)],
    ['httpx', httpx(request)],
  ];
}
