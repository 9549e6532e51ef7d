// HTTP as bytes, for tests of what no HTTP client would send.
import { connect } from 'node:net'

/** Sends `bytes` and answers everything that comes back until the server closes or `until` is seen. */
export function sendRaw(port: number, bytes: string, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    const finish = () => {
      resolve(answer)
      socket.destroy()
    }
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (until?.test(answer)) finish()
    })
    socket.on('close', finish)
    socket.on('error', (error) => (answer === '' ? reject(error) : finish()))
    socket.write(bytes)
  })
}
