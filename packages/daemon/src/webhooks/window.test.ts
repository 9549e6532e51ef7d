import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { createWindow } from './window.ts'

it('the cursor lies before the earliest event that is on its way', () => {
  const window = createWindow(5)
  assert.equal(window.cursor(), 5)
  window.take(7)
  window.pass(8)
  window.take(12)
  assert.deepEqual([window.cursor(), window.cursor(7), window.cursor(7, 12)], [6, 11, 12])
  window.done(12)
  assert.equal(window.cursor(), 6)
  window.done(7)
  assert.deepEqual([window.cursor(), window.size], [12, 0])
})

it('the cursor never moves back and never passes what is on its way', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('take', 'pass', 'done'), fc.nat(5)))
  fc.assert(
    fc.property(steps, (list) => {
      const window = createWindow(0)
      const open: number[] = []
      let position = 0
      let before = 0
      for (const [what, n] of list) {
        if (what === 'done') {
          const [gone] = open.splice(n % Math.max(1, open.length), 1)
          if (gone !== undefined) window.done(gone)
        } else {
          position += 1 + n
          if (what === 'take') open.push(position)
          window[what === 'take' ? 'take' : 'pass'](position)
        }
        const cursor = window.cursor()
        assert.ok(cursor >= before)
        assert.ok(open.every((taken) => taken > cursor))
        assert.equal(window.size, open.length)
        before = cursor
      }
    }),
  )
})
