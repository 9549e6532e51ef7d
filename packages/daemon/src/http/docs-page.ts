// The reference page: one self-contained HTML document made from openapi.json, so that it needs neither
// a network nor a script.
import { createHash } from 'node:crypto'
import { REFUSALS } from '../engine/refusal.ts'
import { PROBLEM_CODES } from './daemon-schemas.ts'
import { DOCS_CSS } from './docs-css.ts'
import { fieldRows, schemaSection, typeHtml } from './docs-schema.ts'
import { escapeHtml, prose } from './html.ts'
import type { ApiDocument, Operation } from './openapi.ts'
import { titleOf } from './problem.ts'

const CSS_HASH = createHash('sha256').update(DOCS_CSS).digest('base64')

/** Nothing may be loaded and nothing run: the page is text with one style sheet. */
export const DOCS_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${CSS_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

type Listed = { readonly method: string; readonly path: string; readonly operation: Operation }

/** The whole page. */
export function docsPage(document: ApiDocument): string {
  const operations = listed(document)
  const sections = document.tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag.name))
    const heading = `<h2>${escapeHtml(tag.name)}</h2><p>${prose(tag.description)}</p>`
    return heading + own.map(operationHtml).join('')
  })
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.info.title)} API ${escapeHtml(document.info.version)}</title>
<style>${DOCS_CSS}</style>
<nav>${contents(document, operations)}</nav>
<main>
<h1>${escapeHtml(document.info.title)} API <small>${escapeHtml(document.info.version)}</small></h1>
<p>${prose(document.info.description)} The same as a document for programs: <a
href="/openapi.json">openapi.json</a>.</p>
${INTRODUCTION}
${sections.join('\n')}
<h2 id="problems">Problems</h2>
<p>A refused request is answered with <code>application/problem+json</code> (<a
href="#Problem">Problem</a>). Look at <code>code</code>; <code>detail</code> is for people.</p>
<table><tr><th>code<th>status<th>means</tr>${PROBLEM_CODES.map(problemRow).join('')}</table>
<h2 id="schemas">Schemas</h2>
${Object.entries(document.components.schemas).map(schemaSection).join('\n')}
</main>
</html>
`
}

const INTRODUCTION = `<h2 id="start">Start</h2>
<p>Send <code>Authorization: Bearer &lt;token&gt;</code> with every request that says so. A token
can ask your users for money: keep it on your server, never in a public page or an app. Scopes:
<code>payments:write</code>, <code>payments:read</code>, <code>auth</code>, <code>admin</code>
(everything).</p>
<pre>curl -s -X POST $BASE_URL/payments/single \\
  -H "Authorization: Bearer $AUTH_TOKEN" -H "Content-Type: application/json" \\
  -d '{"main_key": "USER_PUBKEY_HEX", "amount": 10000, "currency": "millisats",
       "description": "Premium - 1 month"}'
curl -s "$BASE_URL/events/$STREAM_ID?after=0&amp;wait=60" -H "Authorization: Bearer $AUTH_TOKEN"</pre>
<p>Unknown fields and query parameters are refused by name, and nothing is converted:
<code>"1000"</code> is not an amount. Null is the same as leaving an optional field out. A body is
at most 64 KiB of JSON. Give every POST that creates something an <code>Idempotency-Key</code>:
then it can be repeated safely, whatever happened to the answer.</p>`

function listed(document: ApiDocument): readonly Listed[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'head')
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

function contents(document: ApiDocument, operations: readonly Listed[]): string {
  const groups = document.tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag.name))
    const links = own.map(
      ({ method, path, operation }) =>
        `<li><a href="#${operation.operationId}"><b>${method}</b> <span>${breakable(path)}</span></a>`,
    )
    return `<li>${escapeHtml(tag.name)}<ul>${links.join('')}</ul>`
  })
  const link = (id: string, text: string) => `<li><a href="#${id}">${text}</a>`
  const ends = link('problems', 'Problems') + link('schemas', 'Schemas')
  return `<ul>${link('start', 'Start')}${groups.join('')}${ends}</ul>`
}

/** A path that may be broken before a slash. */
function breakable(path: string): string {
  return escapeHtml(path).replaceAll(/(?<=.)\//g, '<wbr>/')
}

function operationHtml({ method, path, operation }: Listed): string {
  const parameters = operation.parameters ?? []
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const answers = Object.entries(operation.responses).map(answerRow)
  const open = operation.security?.length === 0 ? '<p class="note">No token needed.</p>' : ''
  return `<section id="${operation.operationId}">
<h3><b>${method}</b> <code>${breakable(path)}</code></h3>
<p><strong>${prose(operation.summary)}.</strong> ${prose(operation.description ?? '')}</p>${open}
${parameters.length === 0 ? '' : parameterTable(parameters)}
${body === undefined ? '' : `<p>Body: ${typeHtml(body)}</p>`}
<table class="answers"><tr><th>answer<th><th></tr>${answers.join('')}</table>
</section>`
}

function parameterTable(parameters: NonNullable<Operation['parameters']>): string {
  const rows = parameters.map(
    ({ name, in: place, required = false, description = '', schema }) => ({
      name,
      place,
      required,
      description,
      schema,
    }),
  )
  return `<table class="fields"><tr><th>parameter<th>type<th></tr>${fieldRows(rows)}</table>`
}

function answerRow([status, answer]: [string, Operation['responses'][string]]): string {
  const types = Object.entries(answer.content ?? {}).map(([media, { schema }]) =>
    schema.$ref === undefined ? escapeHtml(media) : typeHtml(schema),
  )
  return `<tr><td>${status}<td>${prose(answer.description)}<td>${types.join('<br>')}</tr>`
}

function problemRow(code: (typeof PROBLEM_CODES)[number]): string {
  const status = code === 'internal' ? 500 : REFUSALS[code].status
  return `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${escapeHtml(titleOf(code))}</tr>`
}
