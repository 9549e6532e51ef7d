// Examples as they stand in doc comments and in the README, made into programs.

/** The code of every ```ts block, in a doc comment or in Markdown. */
export function examplesIn(text: string): readonly string[] {
  const plain = text.replace(/^ *\* ?/gm, '')
  return [...plain.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '')
}

const CLIENT = `const baseUrl = 'http://127.0.0.1:3000'
const client = new PortalClient({ baseUrl, authToken: 'my-secret-token' })
const user = 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg'
`

/**
 * The example as a program of its own: `portal-sdk` is `module`, the daemon is at `baseUrl`, and `client` and
 * `user` exist where it takes them for granted.
 */
export function standAlone(example: string, module: string, baseUrl: string): string {
  const begun = example.includes('new PortalClient')
  const opening = begun ? '' : `import { PortalClient } from 'portal-sdk'\n${CLIENT}`
  return `${opening}${example}\nexport {}\n`
    .replaceAll("from 'portal-sdk'", `from '${module}'`)
    .replaceAll('http://127.0.0.1:3000', baseUrl)
}
