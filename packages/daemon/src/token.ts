// `npm run token`: manages the tokens of the daemon whose settings these are, running or not.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { readSettings } from './config/read-settings.ts'
import { runTokenCommand } from './http/token-command.ts'
import { TOKEN_BOOK } from './http/tokens.ts'
import { openStore } from './main.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const toml = existsSync('portal.toml') ? readFileSync('portal.toml', 'utf8') : null
    const settings = readSettings(process.env, toml)
    mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 })
    const store = await openStore(settings)
    try {
      const result = await runTokenCommand(args, {
        readBook: () => store.value(TOKEN_BOOK),
        writeBook: (book) => store.setValue(TOKEN_BOOK, book),
        random: (length) => randomBytes(length),
        now: Math.floor(Date.now() / 1000),
      })
      console.log(result)
      return 0
    } finally {
      await store.close()
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 1
  }
}
