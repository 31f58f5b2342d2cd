// Which clauses of rules speak of an operation, by what the contract says of it; the others speak of all.

const OF = {
  scopes: (operation) => operation.permissions.length > 0 || operation.role !== null,
  billing: () => true,
  ownership: (operation) => operation.tag === 'packs',
  visibility: (operation) => operation.method === 'PATCH',
  creation: (operation) => operation.responses.some((each) => each.status === 201),
  upload: (operation) => operation.bodies.some((each) => each.type === 'multipart/form-data'),
  images: (operation) => operation.bodies.some((each) => 'image_ref' in (each.schema.properties ?? {})),
  files: (operation) => operation.parameters.some((each) => each['x-resource']?.name === 'file'),
  deletion: (operation) => operation.method === 'DELETE',
  session: (operation) => operation.tag === 'session',
  parallel: (operation) => operation.method !== 'GET',
};

/** Whether the rules of a clause are about this operation. */
export function concerns(clause, operation) {
  return OF[clause]?.(operation) ?? true;
}

/** Whether the rules of a clause are about every operation. */
export function concernsAll(clause) {
  return !(clause in OF);
}
