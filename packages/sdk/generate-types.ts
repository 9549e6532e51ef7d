// Writes src/openapi.generated.ts from the openapi.json at the root of the repository.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTypescript, { astToString } from 'openapi-typescript'

export const TYPES_FILE = new URL('src/openapi.generated.ts', import.meta.url)
export const OPENAPI_FILE = new URL('../../openapi.json', import.meta.url)

const HEAD = `// Made from openapi.json by \`npm run openapi:types -w portal-sdk\`; not to be edited.\n`

/** The text of the types for an OpenAPI 3.1 document. */
export async function typesOf(openapi: string): Promise<string> {
  const nodes = await openapiTypescript(openapi, { immutable: true, alphabetize: true })
  return HEAD + astToString(nodes)
}

if (import.meta.main) {
  await writeFile(TYPES_FILE, await typesOf(await readFile(OPENAPI_FILE, 'utf8')))
}
