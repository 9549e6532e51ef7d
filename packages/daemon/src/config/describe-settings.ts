// The settings told to people: --help and docs/settings.md, both made from the one table.
import { tomlKey } from './read-settings.ts'
import { SETTINGS } from './settings.ts'

const WEBHOOKS = [
  '[[webhooks]]                                       # one table for each endpoint',
  'url = "https://shop.example.com/hooks/portal"',
  'secret = "whsec_…"                                 # or a list while one is rotated out',
  'events = ["payment.paid", "payment.timeout"]       # unset: all',
  'format = "standard"                                # unset; "0.4" for older receivers',
]

/** What `npm start -- --help` prints. */
export function settingsHelp(): string {
  const entries = Object.values(SETTINGS).map(({ env, meaning, unset, example }) =>
    [
      `  ${env}`,
      ...wrap(meaning, 74).map((line) => `      ${line}`),
      `      ${unset === null ? '' : `Unset: ${unset}. `}Example: ${example}`,
    ].join('\n'),
  )
  return [
    'Portal asks Nostr users for Lightning payments.',
    '',
    '  npm start              run the daemon',
    '  npm start -- --help    this page',
    '',
    'Settings come from the environment or from portal.toml in the working directory (there as',
    'lower case without PORTAL_, such as data_dir = "./data"); the environment wins.',
    '',
    ...entries,
    '',
    ...WEBHOOKS.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
  ].join('\n')
}

/** The text of docs/settings.md. */
export function settingsPage(): string {
  const rows = Object.values(SETTINGS).map(
    ({ env, meaning, unset, example }) =>
      `| \`${env}\` | \`${tomlKey(env)}\` | ${meaning} | ${unset ?? ''} | \`${example}\` |`,
  )
  return [
    '# Settings',
    '',
    'From the environment or from `portal.toml` in the working directory; the environment wins. All',
    'complaints are made at once, at start. This page is made from the code: `npm run docs:settings`.',
    '',
    '| environment | `portal.toml` | meaning | if unset | example |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## Webhook endpoints',
    '',
    'Only in `portal.toml`, one table each; see [webhooks](webhooks.md).',
    '',
    '```toml',
    ...WEBHOOKS,
    '```',
    '',
  ].join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1] ?? ''
    if (line.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}
