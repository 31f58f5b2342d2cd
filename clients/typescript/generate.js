// The types of src/generated, from the contracts of the API and of the mock's control API: `node generate.js` says
// which of them are out of date, `node generate.js --write` writes them.
import { readFile, writeFile } from 'node:fs/promises'

import { CORE_SCHEMA, load } from 'js-yaml'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const CONTRACTS = {
  'src/generated/api.ts': '../../openapi.yaml',
  'src/generated/control.ts': '../../mock_server/control/control.yaml',
}
const BLOB = ts.factory.createTypeReferenceNode('Blob')

/** The source of the types: schemas by their own names, and files as what a browser calls one. */
async function generated(path) {
  const contract = load(await readFile(new URL(path, import.meta.url), 'utf8'), { schema: CORE_SCHEMA })
  const { Event, ErrorBody } = contract.components?.schemas ?? {}
  if (Event) nameEvents(contract)
  if (ErrorBody) tellDetailsByCode(contract.components.schemas)
  const types = await openapiTS(contract, {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    emptyObjectsUnknown: true,
    transform: (schema) => (schema.format === 'binary' ? BLOB : undefined),
  })
  return `// Made from the contract by \`npm run generate\`; a change of it is made there.\n${astToString(types)}`
}

/** Make the types of events an enum: those that an operation writes, and those of the contract's examples. */
function nameEvents(contract) {
  const { schemas } = contract.components
  const found = new Map()
  for (const node of objectsIn(contract)) {
    // By info.description an event of a workspace or of a task, which is activity, has no dot in its type.
    for (const type of [node['x-event'] ?? []].flat()) found.set(type, type.includes('.') ? 'audit' : 'activity')
    if (typeof node.event_type === 'string') found.set(node.event_type, node.category)
  }
  const named = [...found.keys()].sort()
  const activity = named.filter((type) => found.get(type) === 'activity')
  schemas.EventType = { type: 'string', description: 'What happened.', enum: named }
  schemas.ActivityType = { type: 'string', description: 'What happens in a workspace, or to a task.', enum: activity }
  schemas.Event.properties.event_type = { $ref: '#/components/schemas/EventType' }
  schemas.Activity = {
    description: 'An event of a workspace, or of one of its tasks: what comes down a stream.',
    allOf: [
      { $ref: '#/components/schemas/Event' },
      {
        type: 'object',
        required: ['category', 'event_type', 'workspace_id'], // the last by the rule ACTIVITY-WRITTEN
        properties: {
          category: { type: 'string', enum: ['activity'] },
          event_type: { $ref: '#/components/schemas/ActivityType' },
          workspace_id: { type: 'string' },
        },
      },
    ],
  }
}

/** Make the body of an error a union: for each code whose details a schema of its own declares, these; else any. */
function tellDetailsByCode(schemas) {
  const { properties, required, ...rest } = schemas.ErrorBody
  const alternatives = []
  const plain = new Set(schemas.ErrorCode.enum)
  for (const { allOf = [] } of Object.values(schemas)) {
    for (const error of allOf.map((part) => part.properties?.error)) {
      const [code, ...others] = error?.properties?.code?.enum ?? []
      const details = error?.properties?.details
      if (details === undefined || others.length > 0 || !plain.delete(code)) continue
      alternatives.push({
        ...rest,
        required: [...required, ...(error.required ?? [])],
        properties: { ...properties, code: { type: 'string', enum: [code] }, details },
      })
    }
  }
  const others = { ...properties, code: { type: 'string', enum: [...plain] } }
  schemas.ErrorBody = { oneOf: [...alternatives, { ...rest, required, properties: others }] }
}

/** Every object in a document. */
function* objectsIn(node) {
  if (node === null || typeof node !== 'object') return
  if (!Array.isArray(node)) yield node
  for (const each of Object.values(node)) yield* objectsIn(each)
}

const write = process.argv.includes('--write')
for (const [file, contract] of Object.entries(CONTRACTS)) {
  const path = new URL(file, import.meta.url)
  const source = await generated(contract)
  const present = await readFile(path, 'utf8').catch(() => '')
  if (source === present) continue
  if (write) await writeFile(path, source)
  else process.exitCode = 1
  console.log(`${file} ${write ? 'is written' : 'is not what the contract says: npm run generate'}`)
}
