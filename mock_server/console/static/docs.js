// The contract in Swagger UI, pointed at the mock that serves it.

import { authorization, basePath } from './api.js';

const world = new URLSearchParams(location.search).get('world') ?? 'default';
const answer = await fetch('/_mock/contract', { headers: authorization() });
const spec = await answer.json();
if (answer.ok) {
  spec.servers = [{ url: basePath(world), description: `This mock, in the world ${world}.` }];
  window.SwaggerUIBundle({
    spec,
    dom_id: '#viewer',
    deepLinking: false,
    validatorUrl: null,
  });
} else {
  document.getElementById('viewer').textContent =
    `${spec.error.message} Open the console first, which asks for the control token.`;
}
