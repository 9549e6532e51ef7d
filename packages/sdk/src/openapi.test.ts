import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { OPENAPI_FILE, TYPES_FILE, typesOf } from '../generate-types.ts'

test('the types are those of openapi.json: `npm run openapi:types -w portal-sdk` makes them', async () => {
  const made = await typesOf(await readFile(OPENAPI_FILE, 'utf8'))
  assert.ok(
    made === (await readFile(TYPES_FILE, 'utf8')),
    'src/openapi.generated.ts is out of date',
  )
})
