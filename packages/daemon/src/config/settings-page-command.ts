// `npm run docs:settings`: writes docs/settings.md from the settings table.
import { writeFileSync } from 'node:fs'
import { settingsPage } from './describe-settings.ts'

writeFileSync(new URL('../../../../docs/settings.md', import.meta.url), settingsPage())
