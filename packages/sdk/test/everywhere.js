// One story told through the packed SDK, in plain JavaScript, so that every runtime and browser can run it.

/**
 * @param sdk the module `portal-sdk`
 * @param at `baseUrl` of a daemon that restarts in mid-payment, `bufferingUrl` where streams are held back,
 *   `cuttingUrl` where they are cut after each event, `authToken`, `user`
 * @returns what was seen, as JSON
 */
export async function tellStory(sdk, at) {
  const { Currency, isPortalError, PortalClient } = sdk
  const client = new PortalClient({ baseUrl: at.baseUrl, authToken: at.authToken })
  const order = (description) => ({ amount: 10_000, currency: Currency.Millisats, description })

  const told = []
  const payment = await client.requestSinglePayment(at.user, [], order('restarts'), (status) => {
    told.push(status.status)
  })
  const looped = []
  for await (const status of payment) looped.push(status.status)
  const end = await payment.done

  const buffered = []
  const waiting = { baseUrl: at.bufferingUrl, authToken: at.authToken }
  const behindBuffer = new PortalClient(waiting, hurried())
  const held = await behindBuffer.requestSinglePayment(
    at.user,
    [],
    order('held back'),
    (status) => {
      buffered.push(status.status)
    },
  )
  await held.done

  const cut = []
  const behindCuts = new PortalClient({ baseUrl: at.cuttingUrl, authToken: at.authToken })
  const severed = await behindCuts.requestSinglePayment(at.user, [], order('cut off'), (status) => {
    cut.push(status.status)
  })
  await severed.done

  const controller = new AbortController()
  const options = { signal: controller.signal }
  const left = await client.requestSinglePayment(at.user, [], order('left'), undefined, options)
  const reason = new Error('enough')
  controller.abort(reason)
  const aborted = await left.done.catch((error) => error === reason)

  const fed = []
  for await (const event of client.events()) {
    fed.push(`${event.type} ${event.index}`)
    if (fed.length === 3) break
  }
  const listed = []
  for await (const { description } of client.listPayments({ limit: 1 })) listed.push(description)
  const refused = await client
    .getPayment('no-such')
    .catch((error) => isPortalError(error) && `${error.name} ${error.code} ${error.status}`)
  const strangers = await new PortalClient({ baseUrl: at.baseUrl, authToken: 'wrong-token-12345' })
    .info()
    .catch((error) => isPortalError(error) && error.code)
  const lonely = await new PortalClient({ baseUrl: 'http://127.0.0.1:1', authToken: 'x' })
    .health()
    .catch((error) => isPortalError(error) && error.code)

  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const body = '{"type":"webhook.test","timestamp":"2027-01-15T08:00:00.000Z","data":{}}'
  const headers = await sdk.signWebhook('evt_1', body, secret)
  const verified = (await sdk.verifyWebhook(body, headers, secret)).type
  const forged = await sdk
    .verifyWebhook(`${body} `, headers, secret)
    .catch((error) => isPortalError(error) && error.code)

  const preimage = end.status === 'paid' ? end.preimage : null
  const payments = { told, looped, preimage, buffered, cut, aborted, fed, listed }
  return { ...payments, refused, strangers, lonely, verified, forged }
}

/** Time ten times as fast, so that what is held back is noticed in half a second. */
function hurried() {
  return {
    fetch: (url, init) => fetch(url, init),
    nowMs: () => performance.now() * 10,
    timer(ms, fire) {
      const id = setTimeout(fire, ms / 10)
      return () => clearTimeout(id)
    },
    random: () => Math.random(),
  }
}
