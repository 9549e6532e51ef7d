// A relay in a process of its own: `relay-process.ts PORT`. Portal's own relay serves, since what is
// tried here is what the daemon does when it dies, hangs or comes back, not the relay.
import { createServer } from 'node:http'
import { secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createEmbeddedRelay } from 'portal-relay'
import { createRelayUpgrade } from 'portal-relay/ws-server'

const server = createServer((_request, response) => response.writeHead(404).end())
server.on('upgrade', createRelayUpgrade(createEmbeddedRelay({ clock, secp })))
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))
