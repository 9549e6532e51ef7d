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
    readonly bufferingUrl: string
    readonly cuttingUrl: string
    readonly authToken: string
    readonly user: string
  }
}

export async function openStage(t: { after(end: () => Promise<void>): void }): Promise<Stage> {
  const daemon = await startFakeDaemon()
  t.after(() => daemon.down())
  const buffering = await startProxy(daemon.baseUrl, 'buffer')
  t.after(() => buffering.close())
  const cutting = await startProxy(daemon.baseUrl, 'cut')
  t.after(() => cutting.close())
  daemon.onCreated = (streamId, body) => {
    if (body.description === 'restarts') restart(daemon, streamId)
    if (body.description === 'held back') tellAll(daemon, streamId)
    if (body.description === 'cut off') tellThroughCuts(daemon, streamId)
  }
  const urls = { bufferingUrl: buffering.baseUrl, cuttingUrl: cutting.baseUrl }
  return { daemon, at: { baseUrl: daemon.baseUrl, ...urls, authToken: TOKEN, user: USER } }
}

export function checkStory(story: unknown): void {
  assert.deepEqual(story, {
    told: ['user_approved', 'user_failed', 'paid'],
    looped: ['user_approved', 'user_failed', 'paid'],
    preimage: PAID.preimage,
    buffered: ['user_approved', 'paid'],
    cut: ['user_approved', 'user_failed', 'paid'],
    aborted: true,
    fed: ['payment 0', 'payment 1', 'payment 2'],
    listed: ['left', 'cut off', 'held back', 'restarts'],
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

/** The next status once the client has come back for it: it was cut off after the one before. */
async function tellThroughCuts(daemon: FakeDaemon, streamId: string): Promise<void> {
  const line = `GET /events/${streamId}`
  for (const [i, status] of [APPROVED, FAILED, PAID].entries()) {
    const cameBack = () =>
      daemon.arrivals.some(
        (arrival) => arrival.line === line && arrival.url.searchParams.get('after') === String(i),
      )
    await until(() => cameBack() && daemon.log.readers() === 1)
    daemon.log.tell(streamId, status)
  }
}
