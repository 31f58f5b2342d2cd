// The types of src/generated, from the contracts of the API and of the mock's control API: `node generate.js` says
// which of them are out of date, `node generate.js --write` writes them.
import { readFile, writeFile } from 'node:fs/promises'

import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const CONTRACTS = {
  'src/generated/api.ts': '../../openapi.yaml',
  'src/generated/control.ts': '../../mock_server/control/control.yaml',
}
const BLOB = ts.factory.createTypeReferenceNode('Blob')

/** The source of the types: schemas by their own names, and files as what a browser calls one. */
async function generated(contract) {
  const types = await openapiTS(new URL(contract, import.meta.url), {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    emptyObjectsUnknown: true,
    transform: (schema) => (schema.format === 'binary' ? BLOB : undefined),
  })
  return `// Made from the contract by \`npm run generate\`; a change of it is made there.\n${astToString(types)}`
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
