import { z } from 'zod'
import { StationError } from '../../contract/errors.ts'
import type { UsbIdentity } from './serialPorts.ts'

const whole = (least: number, most: number) =>
  z.string().regex(/^\d+$/).pipe(z.coerce.number<string>().min(least).max(most))
const choice = <T extends number>(...values: T[]) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .pipe(z.coerce.number<string>())
    .refine((value): value is T => (values as number[]).includes(value), { error: `one of ${values.join(', ')}` })

const baudRate = whole(50, 4_000_000)
const parity = z.enum(['none', 'even', 'odd', 'mark', 'space'])
const stopBits = choice(1, 1.5, 2)
/** 0 is a normal address for some makers (EA), so it isn't a broadcast here. */
const serialUnit = whole(0, 247).default(1)
const tcpUnit = whole(0, 255).default(1)

const lineParameters = z.strictObject({
  baudRate: baudRate.default(9600),
  dataBits: choice(5, 6, 7, 8).default(8),
  parity: parity.default('none'),
  stopBits: stopBits.default(1),
})
const rtuParameters = z.strictObject({
  baudRate: baudRate.default(9600),
  parity: parity.default('none'),
  stopBits: stopBits.default(1),
  unit: serialUnit,
})

export interface SerialSettings {
  baudRate: number
  dataBits: 5 | 6 | 7 | 8
  parity: 'none' | 'even' | 'odd' | 'mark' | 'space'
  stopBits: 1 | 1.5 | 2
}

const usbPort = { port: whole(1, 16).default(1) }

export type LinkAddress =
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'serial'; path: string; serial: SerialSettings }
  | { kind: 'modbus-rtu'; path: string; serial: SerialSettings; unit: number }
  | { kind: 'serial-usb'; usb: UsbIdentity; serial: SerialSettings }
  | { kind: 'modbus-rtu-usb'; usb: UsbIdentity; serial: SerialSettings; unit: number }
  | { kind: 'modbus-rtu-over-tcp'; host: string; port: number; unit: number }
  | { kind: 'modbus-tcp'; host: string; port: number; unit: number }
  | { kind: 'sim'; name: string; unit: number }

const examples: Record<LinkAddress['kind'], string> = {
  tcp: 'tcp://192.168.1.20:5025',
  serial: 'serial:///dev/ttyUSB0?baudRate=9600&dataBits=8&parity=none&stopBits=1 or serial://COM3',
  'modbus-rtu': 'modbus-rtu:///dev/ttyUSB0?baudRate=9600&parity=none&stopBits=1&unit=1',
  'serial-usb': 'serial-usb://0403:6001/A50285BI?baudRate=9600 (the USB adapter’s vendor, product and serial number)',
  'modbus-rtu-usb': 'modbus-rtu-usb://0403:6001/A50285BI?baudRate=9600&unit=1',
  'modbus-rtu-over-tcp': 'modbus-rtu-over-tcp://192.168.1.20:4001?unit=1',
  'modbus-tcp': 'modbus-tcp://192.168.1.20:502?unit=1',
  sim: 'sim:cell?unit=1',
}

const refuse = (text: string, problem: string, kind?: LinkAddress['kind']): StationError => {
  const example = kind ? `for example ${examples[kind]}` : `one of ${Object.values(examples).join(', ')}`
  return new StationError('usage.badArgument', { detail: `The link “${text}” is not valid: ${problem}; ${example}.` })
}

const isKind = (text: string): text is LinkAddress['kind'] => Object.hasOwn(examples, text)

const parametersOf = <T>(schema: z.ZodType<T>, url: URL): T => {
  const names = [...url.searchParams.keys()]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`${twice} is given twice`)
  const parsed = schema.safeParse(Object.fromEntries(url.searchParams))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${issue?.path.length ? `${issue.path.join('.')}: ` : ''}${issue?.message}`)
}

const hostOf = (url: URL): { host: string; port: number } => {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (!host) throw new Error('the host is missing')
  if (!url.port || url.port === '0') throw new Error('the port is missing')
  if (url.pathname !== '' && url.pathname !== '/') throw new Error('nothing may stand behind the port')
  return { host, port: Number(url.port) }
}

/** `///dev/ttyUSB0` is a path; `//COM3` a Windows port. */
const serialPathOf = (url: URL): string => {
  const path = url.host ? url.host + url.pathname : decodeURIComponent(url.pathname)
  if (!path || path === '/') throw new Error('the port is missing')
  return path
}

/** `//0403:6001/A50285BI`: vendor and product in hexadecimal, and the adapter's serial number where it has one. */
const usbOf = (text: string): Omit<UsbIdentity, 'port'> => {
  const match = /^[a-z-]+:\/\/([0-9a-f]{4}):([0-9a-f]{4})(?:\/([^/?#]+))?\/?(?:\?|$)/i.exec(text)
  const [, vendor, product, number] = match ?? []
  if (vendor === undefined || product === undefined) throw new Error('the adapter’s vendor:product is missing')
  const serialNumber = number === undefined ? null : decodeURIComponent(number)
  return { vendorId: vendor.toLowerCase(), productId: product.toLowerCase(), serialNumber }
}

/** The URL's own parser takes the product for a port number. */
const parametersUrl = (text: string): URL => new URL(`usb:?${text.split('?')[1] ?? ''}`)

const readUsb = (kind: 'serial-usb' | 'modbus-rtu-usb', text: string): LinkAddress => {
  const url = parametersUrl(text)
  if (kind === 'serial-usb') {
    const { port, ...serial } = parametersOf(lineParameters.extend(usbPort), url)
    return { kind, usb: { ...usbOf(text), port }, serial }
  }
  const { unit, port, ...serial } = parametersOf(rtuParameters.extend(usbPort), url)
  return { kind, usb: { ...usbOf(text), port }, serial: { ...serial, dataBits: 8 }, unit }
}

const read = (kind: Exclude<LinkAddress['kind'], 'serial-usb' | 'modbus-rtu-usb'>, url: URL): LinkAddress => {
  switch (kind) {
    case 'tcp':
      parametersOf(z.strictObject({}), url)
      return { kind, ...hostOf(url) }
    case 'serial':
      return { kind, path: serialPathOf(url), serial: parametersOf(lineParameters, url) }
    case 'modbus-rtu': {
      const { unit, ...serial } = parametersOf(rtuParameters, url)
      return { kind, path: serialPathOf(url), serial: { ...serial, dataBits: 8 }, unit }
    }
    case 'modbus-rtu-over-tcp':
      return { kind, ...hostOf(url), ...parametersOf(z.strictObject({ unit: serialUnit }), url) }
    case 'modbus-tcp':
      return { kind, ...hostOf(url), ...parametersOf(z.strictObject({ unit: tcpUnit }), url) }
    case 'sim': {
      const { unit } = parametersOf(z.strictObject({ unit: serialUnit }), url)
      const name = decodeURIComponent(url.host ? url.host + url.pathname : url.pathname)
      if (!/^[\w.-]+$/.test(name)) throw new Error('the name has to be of letters, digits, “.”, “_” and “-”')
      return { kind, name, unit }
    }
  }
}

/**
 * The address of a link: tcp, serial, modbus-rtu (both also by the identity of their USB adapter), modbus-rtu-over-tcp,
 * modbus-tcp or sim.
 * Throws usage.badArgument, with an example of what is right.
 */
export function parseLinkUrl(text: string): LinkAddress {
  const kind = /^([a-z-]+):/.exec(text)?.[1] ?? ''
  if (!isKind(kind)) throw refuse(text, 'it starts with none of the known kinds')
  try {
    if (kind === 'serial-usb' || kind === 'modbus-rtu-usb') return readUsb(kind, text)
    const url = new URL(text)
    if (url.username || url.password || url.hash) throw new Error('user names and “#” have no meaning here')
    return read(kind, url)
  } catch (error) {
    throw refuse(text, error instanceof Error ? error.message : 'it is not a URL', kind)
  }
}

/** The same text for the same physical port, whatever the units and settings. */
export function physicalKey(address: LinkAddress): string {
  switch (address.kind) {
    case 'serial':
    case 'modbus-rtu':
      // Windows doesn't tell com3 from COM3.
      return `serial:${/^com\d+$/i.test(address.path) ? address.path.toUpperCase() : address.path}`
    case 'serial-usb':
    case 'modbus-rtu-usb': {
      const { vendorId, productId, serialNumber, port } = address.usb
      return `usb:${vendorId}:${productId}/${serialNumber ?? ''}#${port}`
    }
    case 'tcp':
    case 'modbus-rtu-over-tcp':
    case 'modbus-tcp':
      return `tcp:${address.host.toLowerCase()}:${address.port}`
    case 'sim':
      return `sim:${address.name}`
  }
}

/** What two users of one physical port have to agree on; names no unit. */
export function portSettings(address: LinkAddress): string {
  switch (address.kind) {
    case 'serial':
    case 'serial-usb':
    case 'modbus-rtu':
    case 'modbus-rtu-usb': {
      const { baudRate: rate, dataBits, parity: par, stopBits: stops } = address.serial
      return `${address.kind.replace('-usb', '')}, ${rate} baud, ${dataBits} data bits, parity ${par}, ${stops} stop bit(s)`
    }
    default:
      return address.kind
  }
}
