// The package as its users get it: packed, and installed in a folder of theirs.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from './runtimes.ts'

export const SDK = fileURLToPath(new URL('..', import.meta.url))

/** Installs it in this folder; returns the tarball's path. */
export async function installPacked(folder: string): Promise<string> {
  const packed = await npm(['pack', '--pack-destination', folder, '--silent'], SDK)
  const tarball = join(folder, packed.trim().split('\n').at(-1) ?? '')
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  await npm(['install', '--no-audit', '--no-fund', '--offline', tarball], folder)
  return tarball
}
