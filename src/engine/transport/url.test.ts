import { describe, expect, it } from 'vitest'
import { StationError } from '../../contract/errors.ts'
import { parseLinkUrl, physicalKey } from './url.ts'

const serial = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 }

describe('a link URL', () => {
  it.each([
    ['tcp://192.168.1.20:5025', { kind: 'tcp', host: '192.168.1.20', port: 5025 }],
    ['tcp://smu.lab.local:5025/', { kind: 'tcp', host: 'smu.lab.local', port: 5025 }],
    ['tcp://[fe80::1]:5025', { kind: 'tcp', host: 'fe80::1', port: 5025 }],
    ['serial:///dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0', serial }],
    ['serial://COM3', { kind: 'serial', path: 'COM3', serial }],
    [
      'serial:///dev/serial/by-id/usb-FTDI%20x?baudRate=19200&dataBits=7&parity=even&stopBits=2',
      {
        kind: 'serial',
        path: '/dev/serial/by-id/usb-FTDI x',
        serial: { baudRate: 19_200, dataBits: 7, parity: 'even', stopBits: 2 },
      },
    ],
    [
      'modbus-rtu:///dev/ttyUSB0?unit=7&parity=even',
      { kind: 'modbus-rtu', path: '/dev/ttyUSB0', serial: { ...serial, parity: 'even' }, unit: 7 },
    ],
    ['modbus-rtu://COM12', { kind: 'modbus-rtu', path: 'COM12', serial, unit: 1 }],
    [
      'modbus-rtu-over-tcp://10.0.0.5:4001?unit=0',
      { kind: 'modbus-rtu-over-tcp', host: '10.0.0.5', port: 4001, unit: 0 },
    ],
    ['modbus-tcp://10.0.0.5:502?unit=255', { kind: 'modbus-tcp', host: '10.0.0.5', port: 502, unit: 255 }],
    ['sim:reference-cell?unit=2', { kind: 'sim', name: 'reference-cell', unit: 2 }],
  ])('%s', (text, address) => {
    expect(parseLinkUrl(text)).toEqual(address)
  })

  it.each([
    ['', 'known kinds'],
    ['gpib:24', 'known kinds'],
    ['http://10.0.0.5:80', 'known kinds'],
    ['tcp://10.0.0.5', 'port'],
    ['tcp://10.0.0.5:0', 'port'],
    ['tcp://10.0.0.5:99999', 'tcp://192.168.1.20:5025'],
    ['tcp://:5025', 'tcp://192.168.1.20:5025'],
    ['tcp://10.0.0.5:5025/x', 'behind the port'],
    ['tcp://10.0.0.5:5025?unit=1', 'unit'],
    ['tcp://me:secret@10.0.0.5:5025', 'user names'],
    ['serial://', 'port is missing'],
    ['serial:///dev/ttyUSB0?baudrate=9600', 'baudrate'],
    ['serial:///dev/ttyUSB0?baudRate=fast', 'baudRate'],
    ['serial:///dev/ttyUSB0?baudRate=', 'baudRate'],
    ['serial:///dev/ttyUSB0?baudRate=9600&baudRate=19200', 'twice'],
    ['serial:///dev/ttyUSB0?parity=some', 'parity'],
    ['serial:///dev/ttyUSB0?dataBits=9', 'dataBits'],
    ['serial:///dev/ttyUSB0?stopBits=3', 'one of 1, 1.5, 2'],
    ['modbus-rtu:///dev/ttyUSB0?unit=248', 'unit'],
    ['modbus-rtu:///dev/ttyUSB0?unit=1.5', 'unit'],
    ['modbus-tcp://10.0.0.5:502?unit=-1', 'unit'],
    ['sim:', 'name'],
    ['sim:a/b', 'name'],
    ['serial:///dev/%ZZ', 'serial://COM3'],
  ])('%s is refused with an example', (text, said) => {
    try {
      parseLinkUrl(text)
      expect.unreachable('it should be refused')
    } catch (error) {
      expect(error).toBeInstanceOf(StationError)
      expect((error as StationError).code).toBe('usage.badArgument')
      expect((error as StationError).message).toContain(said)
      expect((error as StationError).message).toMatch(/for example \w|one of tcp/)
    }
  })

  it('names the same physical port by the same key', () => {
    const key = (text: string): string => physicalKey(parseLinkUrl(text))
    expect(key('modbus-rtu:///dev/ttyUSB0?unit=1')).toBe(key('modbus-rtu:///dev/ttyUSB0?unit=2'))
    expect(key('serial:///dev/ttyUSB0')).toBe(key('modbus-rtu:///dev/ttyUSB0?unit=2'))
    expect(key('serial://com3')).toBe(key('serial://COM3?baudRate=19200'))
    expect(key('tcp://SMU:502')).toBe(key('modbus-tcp://smu:502?unit=9'))
    expect(key('sim:a?unit=1')).toBe(key('sim:a?unit=2'))
    expect(key('sim:a')).not.toBe(key('sim:b'))
    expect(key('serial:///dev/ttyS0')).not.toBe(key('serial:///dev/ttyS1'))
    expect(key('tcp://a:1')).not.toBe(key('tcp://a:2'))
  })
})
