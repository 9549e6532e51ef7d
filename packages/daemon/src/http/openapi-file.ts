// Prints the OpenAPI document as the repository keeps it: `node openapi-file.ts > openapi.json`.
import { readFileSync } from 'node:fs'
import { openapiText } from './openapi-text.ts'

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)
process.stdout.write(await openapiText(manifest.version))
