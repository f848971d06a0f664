import { readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SerialPort } from 'serialport'
import type { LinkAddress } from './url.ts'

/** A serial port as the system lists it; null where it doesn't tell. */
export interface SerialPortInfo {
  path: string
  maker: string | null
  /** Hexadecimal, lower case. */
  vendorId: string | null
  productId: string | null
  serialNumber: string | null
}

const lower = (text: string | undefined): string | null => text?.toLowerCase() ?? null

const textOf = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )

/** The USB device is a few folders above the port's own. */
const levelsUp = 4
const linuxPorts = /^tty(USB|ACM|S|AMA|O|mxc|THS|XRUSB)\d+$/

async function usbAbove(folder: string): Promise<Omit<SerialPortInfo, 'path'>> {
  for (let at = folder, level = 0; level < levelsUp; level++, at = dirname(at)) {
    const vendorId = await textOf(join(at, 'idVendor'))
    if (vendorId === null) continue
    const [productId, serialNumber, maker] = await Promise.all(
      ['idProduct', 'serial', 'manufacturer'].map((name) => textOf(join(at, name))),
    )
    return { vendorId, productId: productId ?? null, serialNumber: serialNumber ?? null, maker: maker ?? null }
  }
  return { vendorId: null, productId: null, serialNumber: null, maker: null }
}

/**
 * Linux, from what the kernel shows: serialport asks udevadm, which containers and small systems don't have.
 * @param root where sysfs is
 */
export async function listLinuxPorts(root = '/sys'): Promise<SerialPortInfo[]> {
  const folder = join(root, 'class', 'tty')
  const names = (await readdir(folder).catch(() => [])).filter((name) => linuxPorts.test(name))
  const found = await Promise.all(
    names.map(async (name) => {
      const device = await realpath(join(folder, name, 'device')).catch(() => null)
      // The kernel has ttyS0 to ttyS31 whether or not there is a port; type 0 says that there is none.
      const isThere = device !== null && (await textOf(join(folder, name, 'type'))) !== '0'
      return isThere ? [{ path: `/dev/${name}`, ...(await usbAbove(device)) }] : []
    }),
  )
  return found.flat()
}

const listOtherPorts = async (): Promise<SerialPortInfo[]> =>
  (await SerialPort.list()).map((each) => ({
    path: each.path,
    maker: each.manufacturer ?? null,
    vendorId: lower(each.vendorId),
    productId: lower(each.productId),
    serialNumber: each.serialNumber ?? null,
  }))

/** Ports of the PC; those with a USB identity first. */
export async function listSerialPorts(): Promise<SerialPortInfo[]> {
  const found = process.platform === 'linux' ? await listLinuxPorts() : await listOtherPorts()
  return found.sort((a, b) => Number(a.vendorId === null) - Number(b.vendorId === null) || a.path.localeCompare(b.path))
}

/** What a link names instead of a port's path, which changes with the order of plugging in. */
export interface UsbIdentity {
  vendorId: string
  productId: string
  /** null where the adapter has none: then it has to be the only one of its kind. */
  serialNumber: string | null
  /** Of an adapter with several ports: 1 is the first. */
  port: number
}

const usbName = ({ vendorId, productId, serialNumber }: Omit<UsbIdentity, 'port'>): string =>
  `USB adapter ${vendorId}:${productId}${serialNumber === null ? '' : ` with serial number ${serialNumber}`}`

/** @throws Error in the operator's words where it isn't there, or where there are several */
export function findUsbPort(wanted: UsbIdentity, ports: readonly SerialPortInfo[]): string {
  const { serialNumber, port } = wanted
  const alike = ports.filter((each) => each.vendorId === wanted.vendorId && each.productId === wanted.productId)
  const found = alike.filter((each) => serialNumber === null || each.serialNumber === serialNumber)
  const numbers = new Set(found.map((each) => each.serialNumber))
  if (serialNumber === null && numbers.size > 1)
    throw new Error(`several are plugged in; name one by its serial number: ${[...numbers].join(', ')}`)
  const path = found[port - 1]?.path
  if (path !== undefined) return path
  const others = alike.map((each) => each.serialNumber ?? 'without a number').join(', ')
  const there = others === '' ? 'no such adapter is' : `there is one, but with the serial number ${others},`
  throw new Error(`${usbName(wanted)}: ${there} plugged in`)
}

/** A link to this adapter that stays right when its port gets another name; null where the port has no USB identity. */
export function stableLink(port: SerialPortInfo): string | null {
  const { vendorId, productId, serialNumber } = port
  if (vendorId === null || productId === null) return null
  const number = serialNumber === null ? '' : `/${encodeURIComponent(serialNumber)}`
  return `serial-usb://${vendorId}:${productId}${number}`
}

/** Puts the path that it has now in the place of a USB identity. */
export async function resolveUsb(
  address: LinkAddress,
  listPorts: () => Promise<SerialPortInfo[]>,
): Promise<Exclude<LinkAddress, { usb: UsbIdentity }>> {
  if (!('usb' in address)) return address
  const path = findUsbPort(address.usb, await listPorts())
  const { serial } = address
  return address.kind === 'serial-usb'
    ? { kind: 'serial', path, serial }
    : { kind: 'modbus-rtu', path, serial, unit: address.unit }
}
