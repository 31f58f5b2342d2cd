// A request as somebody would write it: for a shell, for a page, for Python.

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const script = (text) => JSON.stringify(text);

/** The command line of curl. */
export function curl({ method, url, headers = {}, body }) {
  const parts = ['curl -i'];
  if (method !== 'GET') parts.push(`-X ${method}`);
  parts.push(shell(url));
  const lines = [parts.join(' '), ...Object.entries(headers).map(([name, text]) => `-H ${shell(`${name}: ${text}`)}`)];
  if (body) lines.push(`--data-raw ${shell(body)}`);
  return lines.join(' \\\n  ');
}

/** What a page says. */
function fetching({ method, url, headers = {}, body }) {
  const options = [];
  if (method !== 'GET') options.push(`  method: ${script(method)},`);
  options.push(`  headers: ${JSON.stringify(headers)},`);
  if (body) options.push(`  body: ${script(body)},`);
  return `const answer = await fetch(${script(url)}, {\n${options.join('\n')}\n});`;
}

/** What a Python program says. */
function httpx({ method, url, headers = {}, body }) {
  const lines = [`    ${script(method)},`, `    ${script(url)},`, `    headers=${JSON.stringify(headers)},`];
  if (body) lines.push(`    content=${script(body)},`);
  return `import httpx\n\nanswer = httpx.request(\n${lines.join('\n')}\n)`;
}

/** One of each kind, by its name. */
export function ways(request) {
  return [
    ['curl', curl(request)],
    ['fetch', fetching(request)],
    ['httpx', httpx(request)],
  ];
}
