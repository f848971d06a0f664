const timeoutMs = 10_000

/** Whether this browser may use the station. Anything but a clear no is left to the socket to find out. */
export async function isAuthorised(): Promise<boolean> {
  const response = await fetch('/session', { signal: AbortSignal.timeout(timeoutMs), cache: 'no-store' })
  if (response.status === 401) return false
  if (!response.ok) return true
  const body: unknown = await response.json()
  return !(typeof body === 'object' && body !== null && 'authorised' in body && body.authorised === false)
}

/** Trades the access token for a cookie. False when the station refused the token. */
export async function signIn(token: string): Promise<boolean> {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  return response.ok
}
