// The parameters of a provider state as fields, by what the control API says of each.

import { h } from './dom.js';
import { nameIn, objectsIn, orgOf } from './objects.js';
import { choice, field } from './parts.js';

/** The fields, and what reads them: the parameters that were given. `of`: the org whose objects are offered. */
export async function parameterForm(world, parameters, of) {
  const names = [...new Set(parameters.map((each) => each.collection).filter(Boolean))];
  const objects = new Map(await Promise.all(names.map(async (name) => [name, await objectsOf(world, name)])));
  const controls = parameters.map((each) => [each, controlOf(each, objects.get(each.collection))]);
  const org = controls.find(([each]) => each.name === 'org_id')?.[1];
  const narrow = () => {
    for (const [each, control] of controls)
      if (each.collection && control !== org) narrowed(control, each, objects.get(each.collection), org?.value ?? of);
  };
  org?.addEventListener('change', narrow);
  narrow();
  for (const [each, control] of controls) begin(control, each.value);
  return {
    made: controls.map(([each, control]) => field(each.required ? each.name : `${each.name}, optional`, control)),
    read: () =>
      Object.fromEntries(
        controls
          .filter(([, control]) => control.value !== '')
          .map(([each, { value }]) => [each.name, valueOf(each.schema, value)]),
      ),
  };
}

async function objectsOf(world, name) {
  const objects = await objectsIn(world, name);
  return objects.map((each) => ({ id: each.key.at(-1), name: nameIn(each.record), org: orgOf(each) }));
}

/** Begin with a value; where it is not offered, with the first that is. */
function begin(control, value) {
  if (value === undefined) return;
  const offered = [...(control.options ?? [])].map((each) => each.value);
  control.value = control.options && !offered.includes(value) ? offered.find(Boolean) : value;
}

const open = (required) => (required ? [] : [['', 'not given']]);

function controlOf({ schema, required }, objects) {
  if (objects) return choice([...open(required), ...objects.map(optionOf)]);
  if (schema.enum) return choice([...open(required), ...schema.enum.filter(Boolean)]);
  if (schema.type === 'boolean') return choice([['', 'not given'], 'true', 'false']);
  const placeholder = { array: 'a b', object: '{"name": "value"}', integer: '1' }[schema.type] ?? '';
  return h('input', { type: 'text', placeholder, autocomplete: 'off', spellcheck: 'false' });
}

const optionOf = ({ id, name }) => [id, name && name !== id ? `${id} · ${name}` : id];

/** Offer what is of the org or of nobody. */
function narrowed(control, { required }, objects, org) {
  const fitting = objects.filter((each) => !org || each.org === null || each.org === org);
  const options = [...open(required), ...fitting.map(optionOf)];
  control.replaceChildren(...options.map(([value, text]) => h('option', { value }, text)));
}

/** A text as a value of the schema; as it is where it is none, so that the refusal says so. */
function valueOf({ type }, text) {
  if (type === 'string') return text;
  if (type === 'array') return text.split(/[\s,]+/).filter(Boolean);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
