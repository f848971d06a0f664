import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRealClock } from '../realClock.ts'
import { failureOf, scpi } from '../../../test/transport/support.ts'
import { createLinkOpener } from './openLink.ts'
import { findUsbPort, listLinuxPorts, resolveUsb, stableLink, type SerialPortInfo } from './serialPorts.ts'
import { parseLinkUrl } from './url.ts'

const port = (path: string, serialNumber: string | null, productId = '6001'): SerialPortInfo => ({
  path,
  maker: 'FTDI',
  vendorId: '0403',
  productId,
  serialNumber,
})

const usb = (text: string) => {
  const address = parseLinkUrl(text)
  if (!('usb' in address)) throw new Error('no USB identity')
  return address.usb
}

describe('a serial port by the identity of its USB adapter', () => {
  it('is found whatever its name is now', () => {
    const wanted = usb('serial-usb://0403:6001/A5%20B')
    expect(wanted).toEqual({ vendorId: '0403', productId: '6001', serialNumber: 'A5 B', port: 1 })
    expect(findUsbPort(wanted, [port('/dev/ttyUSB0', 'X'), port('/dev/ttyUSB7', 'A5 B')])).toBe('/dev/ttyUSB7')
    expect(findUsbPort(wanted, [port('COM3', 'A5 B'), port('COM4', 'X')])).toBe('COM3')
  })

  it('without a serial number has to be the only one of its kind', () => {
    const wanted = usb('serial-usb://0403:6001?baudRate=19200')
    expect(findUsbPort(wanted, [port('/dev/ttyUSB0', null), port('/dev/ttyUSB1', null, '6010')])).toBe('/dev/ttyUSB0')
    expect(() => findUsbPort(wanted, [port('/dev/ttyUSB0', 'A'), port('/dev/ttyUSB1', 'B')])).toThrow('A, B')
  })

  it('of an adapter with several ports is told by its number', () => {
    const wanted = usb('modbus-rtu-usb://0403:6001/A?port=2&unit=7')
    expect(findUsbPort(wanted, [port('/dev/ttyUSB0', 'A'), port('/dev/ttyUSB1', 'A')])).toBe('/dev/ttyUSB1')
  })

  it('says what is there in its place', () => {
    const wanted = usb('serial-usb://0403:6001/A')
    expect(() => findUsbPort(wanted, [])).toThrow(
      'USB adapter 0403:6001 with serial number A: no such adapter is plugged in',
    )
    expect(() => findUsbPort(wanted, [port('/dev/ttyUSB0', 'B')])).toThrow('but with the serial number B')
  })

  it('becomes the port that it is, with the same settings', async () => {
    const resolve = (text: string) => resolveUsb(parseLinkUrl(text), async () => [port('/dev/ttyUSB3', 'A')])
    expect(await resolve('modbus-rtu-usb://0403:6001/A?baudRate=38400&parity=even&unit=7')).toEqual(
      parseLinkUrl('modbus-rtu:///dev/ttyUSB3?baudRate=38400&parity=even&unit=7'),
    )
    expect(await resolve('serial-usb://0403:6001/A?baudRate=4800&dataBits=7')).toEqual(
      parseLinkUrl('serial:///dev/ttyUSB3?baudRate=4800&dataBits=7'),
    )
  })

  it('is offered as a link for a port that has one', () => {
    expect(stableLink(port('/dev/ttyUSB0', 'A B'))).toBe('serial-usb://0403:6001/A%20B')
    expect(stableLink({ ...port('/dev/ttyS0', null), vendorId: null })).toBeNull()
    expect(usb(stableLink(port('x', 'A/B')) ?? '')).toMatchObject({ serialNumber: 'A/B' })
  })

  it('that is not plugged in is a link that can’t be opened', async () => {
    const opener = createLinkOpener({ clock: createRealClock(), listPorts: async () => [] })
    expect(await failureOf(opener.openLine('serial-usb://0403:6001/A', scpi))).toMatchObject({
      code: 'device.linkFailed',
      context: { detail: expect.stringContaining('no such adapter is plugged in') as unknown },
    })
  })

  it.each([
    'serial-usb://0403',
    'serial-usb://0403:60011/A',
    'serial-usb:///A',
    'serial-usb://0403:6001/A?unit=1',
    'modbus-rtu-usb://0403:6001/A?unit=300',
    'serial-usb://0403:6001/A?port=0',
  ])('refuses %s with an example', (text) => {
    expect(() => parseLinkUrl(text)).toThrow(/is not valid: .*-usb:\/\/0403:6001/)
  })
})

describe('the ports of a Linux PC', () => {
  it('come from sysfs, with the identity of their USB device', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pvtp-sys-'))
    const put = (path: string, text: string): void => {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), `${text}\n`)
    }
    const portAt = (name: string, device: string): void => {
      mkdirSync(join(root, device), { recursive: true })
      mkdirSync(join(root, 'class/tty', name), { recursive: true })
      symlinkSync(join(root, device), join(root, 'class/tty', name, 'device'))
    }
    portAt('ttyUSB3', 'devices/usb1/1-2/1-2:1.0/ttyUSB3')
    put('devices/usb1/1-2/idVendor', '0403')
    put('devices/usb1/1-2/idProduct', '6001')
    put('devices/usb1/1-2/serial', 'A50285BI')
    put('devices/usb1/1-2/manufacturer', 'FTDI')
    portAt('ttyS0', 'devices/pnp0/00:01')
    put('class/tty/ttyS0/type', '4')
    portAt('ttyS1', 'devices/platform/serial8250')
    put('class/tty/ttyS1/type', '0')
    mkdirSync(join(root, 'class/tty/tty1'))
    const found = await listLinuxPorts(root)
    rmSync(root, { recursive: true })
    expect(found.sort((a, b) => a.path.localeCompare(b.path))).toEqual([
      { path: '/dev/ttyS0', maker: null, vendorId: null, productId: null, serialNumber: null },
      { path: '/dev/ttyUSB3', maker: 'FTDI', vendorId: '0403', productId: '6001', serialNumber: 'A50285BI' },
    ])
    expect(await listLinuxPorts(join(root, 'nowhere'))).toEqual([])
  })
})
