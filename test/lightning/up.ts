// `npm run lightning:up`: a private Lightning network that stays up until `npm run lightning:down`.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BuildError, buildLightning } from './build.ts'
import type { HolderReport } from './hold.ts'
import { describeNetwork, type Place, placeOf, standingNetwork } from './standing-network.ts'

const place = placeOf(process.argv.slice(2))
const failure = await bringUp(place)
const network = await standingNetwork(place)
if (network !== undefined) console.log(describeNetwork(network))
if (failure !== undefined) {
  console.error(`lightning: ${failure}`)
  process.exitCode = 1
}

/** Why the network could not be brought up, or undefined: it stands. */
async function bringUp(place: Place): Promise<string | undefined> {
  if ((await standingNetwork(place)) !== undefined) return undefined
  try {
    await buildLightning((line) => console.log(line))
  } catch (error) {
    if (error instanceof BuildError) return error.message
    throw error
  }
  const entry = fileURLToPath(new URL('./hold.ts', import.meta.url))
  const args = ['--directory', place.directory]
  const holder = fork(entry, args, { detached: true, execArgv: [], stdio: 'ignore' })
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  holder.on('message', (report: HolderReport) => {
    switch (report.type) {
      case 'line':
        return console.log(report.line)
      case 'ready':
        return resolve(undefined)
      case 'failed':
        return resolve(report.reason)
    }
  })
  holder.once('exit', (code) => resolve(`the process that holds the network ended (${code})`))
  holder.once('disconnect', () => holder.unref())
  return promise
}
