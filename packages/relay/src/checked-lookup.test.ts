import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { checkedLookup, lookUpByNameServers, lookUpBySystem } from './checked-lookup.ts'

const SILENT_COUNT = 50

describe('names that strangers chose', () => {
  let server: Socket
  let asked: string[] = []
  let address = ''

  before(async () => {
    server = createSocket('udp4')
    server.on('message', (question, from) => {
      const { name, type } = read(question)
      asked.push(name)
      if (!name.startsWith('silent')) server.send(answerTo(question, type), from.port)
    })
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    address = `127.0.0.1:${server.address().port}`
  })
  after(() => server.close())

  it('are looked up at the name servers, and judged', async () => {
    const lookUp = lookUpByNameServers([address])
    assert.deepEqual(await lookUp('one.example', 0), [
      { address: '192.0.2.7', family: 4 },
      { address: '2001:db8::7', family: 6 },
    ])
    assert.deepEqual(await lookUp('one.example', 6), [{ address: '2001:db8::7', family: 6 }])
    const forbidden = (name: string) => new Error(`not ${name}`)
    const only = (prefix: string) =>
      promisify(checkedLookup((ip) => ip.startsWith(prefix), forbidden, lookUp))
    assert.equal(await only('2001')('one.example', {}), '2001:db8::7')
    await assert.rejects(only('10.')('one.example', {}), /not one\.example/)
    await assert.rejects(only('')('none.example', {}), { code: 'ENODATA' })
  })

  it('that nobody answers for keep no other name waiting', async () => {
    const lookUp = lookUpByNameServers([address], 1_000)
    let given = 0
    asked = []
    const silent = Array.from({ length: SILENT_COUNT }, (_, i) =>
      lookUp(`silent-${i}.example`, 4).catch(() => {
        given += 1
      }),
    )
    await lookUp('one.example', 4)
    await lookUpBySystem()('localhost', 0)
    assert.equal(given, 0)
    assert.equal(new Set(asked).size, SILENT_COUNT + 1)
    await Promise.all(silent)
    assert.equal(given, SILENT_COUNT)
  })
})

it('the system is asked for a name once at a time', async () => {
  const lookUp = lookUpBySystem()
  const first = lookUp('localhost', 0)
  assert.equal(lookUp('localhost', 0), first)
  assert.notEqual(lookUp('localhost', 4), first)
  const [found] = await first
  assert.match(found?.address ?? '', /^127\.|^::1$/)
  assert.notEqual(lookUp('localhost', 0), first)
  await assert.rejects(lookUp('name.invalid', 0))
})

// RFC 1035 §4: a header of 12 bytes, then the name as labels, its type and class.
function read(question: Buffer): { name: string; type: number } {
  const labels: string[] = []
  let at = 12
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), type: question.readUInt16BE(at + 1) }
}

function answerTo(question: Buffer, type: number): Buffer {
  const { name } = read(question)
  const end = 12 + name.length + 2 + 4
  const reply = Buffer.from(question.subarray(0, end))
  const data = type === 1 ? Buffer.from('c0000207', 'hex') : Buffer.from(IPV6, 'hex')
  const isKnown = name.startsWith('one')
  reply.writeUInt16BE(0x8180, 2)
  reply.writeUInt16BE(isKnown ? 1 : 0, 6)
  reply.fill(0, 8, 12)
  const record = Buffer.from('c00c0000000100000000' + '0000', 'hex')
  record.writeUInt16BE(type, 2)
  record.writeUInt16BE(data.length, 10)
  return isKnown ? Buffer.concat([reply, record, data]) : reply
}

const IPV6 = '20010db8000000000000000000000007'
