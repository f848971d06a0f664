import { connect } from 'node:net'
import { StationError } from '../../contract/errors.ts'

/** A range of addresses is asked only when somebody names it, and never more than this many. */
const mostAddresses = 1024
const timeoutMs = 400
const atOnce = 64

const bad = (text: string, problem: string): StationError =>
  new StationError('usage.badArgument', { detail: `${text}: ${problem}; for example 192.168.1.0/24.` })

/** The addresses of an IPv4 range such as `192.168.1.0/24`, without its first and last where it is larger than two. */
export function addressesOf(range: string): string[] {
  const [, a, b, c, d, bits = '32'] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(range) ?? []
  const parts = [a, b, c, d].map(Number)
  const size = 2 ** (32 - Number(bits))
  if (parts.some((each) => !(each <= 255)) || Number(bits) > 32) throw bad(range, 'an IPv4 range is needed')
  if (size > mostAddresses) throw bad(range, `${size} addresses; ${mostAddresses} at most`)
  const whole = parts.reduce((sum, each) => sum * 256 + each, 0)
  const first = Math.floor(whole / size) * size
  const numbers = Array.from({ length: size }, (_each, i) => first + i)
  const inside = size > 2 ? numbers.slice(1, -1) : numbers
  return inside.map((each) => [24, 16, 8, 0].map((shift) => Math.floor(each / 2 ** shift) % 256).join('.'))
}

/** Whether something accepts a connection there. Nothing is sent. */
const isListening = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (found: boolean): void => {
      socket.destroy()
      resolve(found)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })

/** Addresses and ports of the range that accept a connection; nothing is sent to them. */
export async function scanNetwork(range: string, ports: readonly number[]): Promise<{ host: string; port: number }[]> {
  const places = addressesOf(range).flatMap((host) => ports.map((port) => ({ host, port })))
  const found: { host: string; port: number }[] = []
  const work = async (): Promise<void> => {
    for (let next = places.shift(); next; next = places.shift())
      if (await isListening(next.host, next.port)) found.push(next)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const order = (each: { host: string; port: number }): string =>
    [...each.host.split('.'), String(each.port)].map((part) => part.padStart(5, '0')).join('.')
  return found.sort((a, b) => order(a).localeCompare(order(b)))
}
