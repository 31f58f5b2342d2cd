// The lists of the API that a caller reads, as the contract has them.

const ELSEWHERE = new Set(['packs']); // which have a view of their own

/** The operations that list a resource: title, resource, key of the answer, schema of an item, switches of the query. */
export function listsOf(contract) {
  return contract.operations
    .filter((each) => each.id === `${each.tag}.list` && !ELSEWHERE.has(each.tag) && isOfOrg(each))
    .map((operation) => ({
      operation,
      resource: resourceOf(contract, operation),
      ...answerOf(contract, operation),
    }))
    .filter((each) => each.resource !== null)
    .map((each) => ({
      ...each,
      title: titleOf(each.operation.tag),
      switches: each.operation.parameters.filter((one) => one.in === 'query' && one.schema?.type === 'boolean'),
    }));
}

/** Whether a list is of everything in an org, as opposed to one below an object. */
function isOfOrg({ parameters }) {
  return parameters.every((each) => each.in !== 'path' || each['x-org'] === 'own');
}

/** The path of a list for a caller, whose own org it names where it names one. */
export function pathOf({ operation }, persona) {
  const own = operation.parameters.find((each) => each['x-org'] === 'own');
  return own ? operation.path.replace(`{${own.name}}`, encodeURIComponent(persona.org_id)) : operation.path;
}

/** The resource that is named below the path of a list; null where nothing is. */
function resourceOf({ operations }, list) {
  const below = operations.filter((each) => each.path.startsWith(`${list.path}/`));
  const above = new Set(list.parameters.map((each) => each.name));
  const named = below.flatMap((each) => each.parameters).filter((each) => !above.has(each.name));
  return named.find((each) => each['x-resource'])?.['x-resource'].name ?? null;
}

function answerOf({ document, resolve }, operation) {
  const answer = resolve(document.paths[operation.path].get.responses['200']);
  const { properties = {} } = resolve(answer.content['application/json'].schema);
  const [key, list] = Object.entries(properties).find(([, each]) => resolve(each).type === 'array') ?? [null, {}];
  return { key, item: resolve(resolve(list).items) };
}

function titleOf(tag) {
  const text = tag.replaceAll('_', ' ').replace(/\bapi\b/, 'API');
  return text[0].toUpperCase() + text.slice(1);
}
