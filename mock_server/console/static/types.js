// Schemas of the contract as types of TypeScript.

const LOCAL = '#/components/schemas/';

/** The TypeScript type of a schema, and the declarations that it needs, by name. */
export function typeOf(document, schema) {
  const declared = new Map();
  return { type: written(schema, { document, declared }), declared };
}

function written(node, to) {
  if (!node) return 'unknown';
  if (node.$ref) return resolvedType(node.$ref, to);
  const type = plain(node, to);
  return node.nullable ? `${grouped(type)} | null` : type;
}

function resolvedType(ref, to) {
  if (!ref.startsWith(LOCAL)) return 'unknown';
  const name = ref.slice(LOCAL.length);
  if (!to.declared.has(name)) {
    to.declared.set(name, ''); // it may hold itself
    to.declared.set(name, `type ${name} = ${written(to.document.components.schemas[name], to)};`);
  }
  return name;
}

function plain(node, to) {
  if (node.enum) return node.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (node.allOf) return node.allOf.map((each) => grouped(written(each, to))).join(' & ');
  const several = node.oneOf ?? node.anyOf;
  if (several) return several.map((each) => written(each, to)).join(' | ');
  switch (node.type) {
    case 'array':
      return `${grouped(written(node.items, to))}[]`;
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return node.format === 'binary' ? 'Blob' : 'string';
    default:
      return node.properties || node.type === 'object' ? object(node, to) : 'unknown';
  }
}

function object(node, to) {
  const lines = Object.entries(node.properties ?? {}).map(([name, each]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `  ${key}${node.required?.includes(name) ? '' : '?'}: ${indented(written(each, to))};`;
  });
  if (lines.length) return `{\n${lines.join('\n')}\n}`;
  const others = node.additionalProperties;
  return `Record<string, ${others && others !== true ? written(others, to) : 'unknown'}>`;
}

const indented = (text) => text.replaceAll('\n', '\n  ');
const grouped = (text) => (/ [|&] /.test(text) && !text.startsWith('{') ? `(${text})` : text);
