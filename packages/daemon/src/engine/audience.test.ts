import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testKey } from '../testing/fake-messenger.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { type AudienceOptions, createAudience } from './audience.ts'

const [ana, ben, cleo, dora] = [testKey(1), testKey(2), testKey(3), testKey(4)]

function open(options: Partial<AudienceOptions> = {}) {
  const clock = createVirtualClock(1_000_000)
  const bounds = { recentMax: 2, openMax: 10, shared: false }
  return { clock, audience: createAudience(clock, { ...bounds, ...options }) }
}

describe('an audience', () => {
  it('hears whoever has something open, and for a while whoever had', () => {
    const { audience } = open()
    audience.opened([ana, ana, ben])
    audience.ended([ana, ben])
    assert.deepEqual([audience.openOf(ana), audience.openOf(ben)], [1, 0])
    assert.deepEqual([ana, ben, cleo].map(audience.has), [true, true, false])
    audience.opened([cleo, dora])
    audience.ended([cleo, dora])
    assert.deepEqual([ana, ben, cleo, dora].map(audience.has), [true, false, true, true])
  })

  it('remembers the newest of those who had something open before the start', async () => {
    const { audience } = open()
    await audience.align(async () => ({ open: [], recent: [ana, ben] }))
    audience.opened([cleo])
    audience.ended([cleo])
    assert.deepEqual([ana, ben, cleo].map(audience.has), [true, false, true])
  })

  it('hears everybody when more wait than it can name', async () => {
    const { audience } = open({ openMax: 2, shared: true })
    await audience.align(async () => ({ open: [ana, ben, dora], recent: [] }))
    assert.deepEqual([audience.has(cleo), audience.waiting], [true, true])
    await audience.align(async () => ({ open: [ana], recent: [] }))
    assert.equal(audience.has(cleo), false)
    audience.openedElsewhere([ben, cleo])
    assert.equal(audience.has(dora), true)
  })
})

describe('the audience of one of several daemons', () => {
  it('forgets nobody for what ended here: the store may know of more', async () => {
    const { audience } = open({ recentMax: 1, shared: true })
    audience.openedElsewhere([ana, ana])
    audience.ended([ana])
    for (const key of [ben, cleo, dora]) {
      audience.opened([key])
      audience.ended([key])
    }
    assert.equal(audience.has(ana), true)
    assert.equal(audience.mayBeOpen(ana), true)
    await audience.align(async () => ({ open: [ana], recent: [] }))
    assert.deepEqual([audience.has(ana), audience.has(ben)], [true, false])
  })

  it('keeps no key of what others have ended', async () => {
    const { audience } = open({ recentMax: 1, shared: true })
    audience.opened([ana])
    audience.openedElsewhere([ben])
    await audience.align(async () => ({ open: [], recent: [] }))
    assert.equal(audience.waiting, false)
    assert.equal([ana, ben].filter(audience.has).length, 1)
  })

  it('loses nothing that is told while the store is read, whether the read works or not', async () => {
    const { audience } = open({ shared: true })
    const store = Promise.withResolvers<{ open: []; recent: [] }>()
    const aligned = audience.align(() => store.promise)
    audience.opened([ana])
    audience.openedElsewhere([ben])
    store.resolve({ open: [], recent: [] })
    await aligned
    assert.deepEqual([audience.openOf(ana), audience.openOf(ben)], [1, 1])
    await assert.rejects(audience.align(() => Promise.reject(new Error('away'))))
    assert.deepEqual([audience.openOf(ana), audience.openOf(ben)], [1, 1])
  })

  it('knows what it has in hand, and until when', async () => {
    const { audience, clock } = open({ shared: true })
    audience.openedElsewhere([ana])
    audience.opened([ben])
    audience.takeInHand([ben], clock.nowMs() + 500)
    assert.deepEqual([audience.isInHand(ana), audience.isInHand(ben)], [false, true])
    await audience.align(async () => ({ open: [ana, ben], recent: [] }))
    assert.equal(audience.isInHand(ben), true)
    await clock.advance(500)
    assert.equal(audience.isInHand(ben), false)
  })
})
