import { expect, it } from 'vitest'
import { linkWithPort } from './portLink.ts'

const usb = { path: '/dev/ttyUSB0', link: 'serial-usb://0403:6001/A50285BI' }

it('takes the port and keeps the settings', () => {
  expect(linkWithPort('serial:///dev/ttyS0?baudRate=9600', usb)).toBe('serial-usb://0403:6001/A50285BI?baudRate=9600')
  expect(linkWithPort('modbus-rtu:///dev/ttyS0?unit=3', usb)).toBe('modbus-rtu-usb://0403:6001/A50285BI?unit=3')
  expect(linkWithPort('', { path: 'COM3', link: null })).toBe('serial://COM3')
})
