import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Decides who may speak to the station over the network. */
export interface Access {
  /** null where none is needed: on the station itself. */
  token: string | null
  mayUse(request: IncomingMessage): boolean
  /** The cookie of a new session; null for a wrong token. */
  enter(token: string, secure: boolean): string | null
}

const cookieName = 'pvtp-session'
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])
const longestWaitMs = 12 * 60 * 60 * 1000

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const cookieOf = (request: IncomingMessage): string | undefined =>
  request.headers.cookie
    ?.split(';')
    .map((each) => each.trim().split('='))
    .find(([name]) => name === cookieName)?.[1]

const hostOf = (request: IncomingMessage): string => (request.headers.host ?? '').replace(/:\d+$/, '')

/** A page of another site must not be able to speak to the station through the operator's browser. */
const sameOrigin = (request: IncomingMessage): boolean => {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

/**
 * On loopback: any request whose Host is this machine (a rebound DNS name isn't). On the LAN: a session entered with the
 * token that the station printed at its start.
 */
export function createAccess(given: { loopback: boolean; nowMs: () => number; token?: string }): Access {
  const token = given.loopback ? null : (given.token ?? randomBytes(18).toString('base64url'))
  const sessions = new Map<string, number>()
  const inSession = (request: IncomingMessage): boolean => {
    const until = sessions.get(cookieOf(request) ?? '')
    return until !== undefined && until > given.nowMs()
  }
  return {
    token,
    mayUse: (request) =>
      sameOrigin(request) && (token === null ? loopbackHosts.has(hostOf(request)) : inSession(request)),
    enter: (offered, secure) => {
      if (token === null || !timingSafeEqual(digest(offered), digest(token))) return null
      const session = randomBytes(24).toString('base64url')
      sessions.set(session, given.nowMs() + longestWaitMs)
      return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`
    },
  }
}
