// The daemon's side of everywhere.js, and what must come out of it everywhere.
import assert from 'node:assert/strict'
import { type FakeDaemon, startFakeDaemon, TOKEN } from './fake-daemon.ts'
import { startProxy } from './proxy.ts'
import { APPROVED, FAILED, PAID, USER, until } from './setting.ts'

export type Stage = {
  readonly daemon: FakeDaemon
  /** What `tellStory` is to be called with. */
  readonly at: {
    readonly baseUrl: string
    readonly proxyUrl: string
    readonly authToken: string
    readonly user: string
  }
}

export async function openStage(t: { after(end: () => Promise<void>): void }): Promise<Stage> {
  const daemon = await startFakeDaemon()
  t.after(() => daemon.down())
  const proxy = await startProxy(daemon.baseUrl, 'buffer')
  t.after(() => proxy.close())
  daemon.onCreated = (streamId, body) => {
    if (body.description === 'restarts') restart(daemon, streamId)
    if (body.description === 'held back') tellAll(daemon, streamId)
  }
  const at = { baseUrl: daemon.baseUrl, proxyUrl: proxy.baseUrl, authToken: TOKEN, user: USER }
  return { daemon, at }
}

export function checkStory(story: unknown): void {
  assert.deepEqual(story, {
    told: ['user_approved', 'user_failed', 'paid'],
    looped: ['user_approved', 'user_failed', 'paid'],
    preimage: PAID.preimage,
    buffered: ['user_approved', 'paid'],
    aborted: true,
    fed: ['payment 0', 'payment 1', 'payment 2'],
    listed: ['left', 'held back', 'restarts'],
    refused: 'NotFoundError not_found 404',
    strangers: 'unauthorized',
    lonely: 'connection_failed',
    verified: 'webhook.test',
    forged: 'signature_invalid',
  })
}

async function restart(daemon: FakeDaemon, streamId: string): Promise<void> {
  await until(() => daemon.log.readers() === 1)
  daemon.log.tell(streamId, APPROVED)
  await daemon.down()
  daemon.log.tell(streamId, FAILED)
  await daemon.up()
  await until(() => daemon.log.readers() === 1)
  daemon.log.tell(streamId, PAID)
}

async function tellAll(daemon: FakeDaemon, streamId: string): Promise<void> {
  await until(() => daemon.log.readers() === 1)
  daemon.log.tell(streamId, APPROVED)
  await until(() => daemon.log.readers() === 1)
  daemon.log.tell(streamId, PAID)
}
