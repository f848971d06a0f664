import { describe, expect, it } from 'vitest'
import { plainReason } from './linkReason.ts'

describe('the reason of a failed link', () => {
  it.each([
    [Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }), 'nothing listens'],
    [new AggregateError([Object.assign(new Error('x'), { code: 'EHOSTUNREACH' })]), 'no way to this address'],
    // serialport 13 on Linux, macOS and Windows.
    [new Error('Error: No such file or directory, cannot open /dev/ttyUSB9'), 'no such port'],
    [new Error('Error: Permission denied, cannot open /dev/ttyS0'), 'dialout'],
    [new Error('Error Resource temporarily unavailable Cannot lock port'), 'in use by another program'],
    [new Error('Error Resource busy, cannot open /dev/tty.usb'), 'in use by another program'],
    [new Error('Opening COM3: Access denied'), 'in use by another program'],
    [new Error('Opening COM3: File not found'), 'no such port'],
    [new Error('Error: Inappropriate ioctl for device setting custom baud rate of 9600'), 'no serial port'],
    [Object.assign(new Error('listen EADDRINUSE: address already in use'), { code: 'EADDRINUSE' }), 'another program'],
    [new Error('something new'), 'something new'],
    ['text', 'text'],
  ])('%s', (error, said) => {
    expect(plainReason(error)).toContain(said)
  })
})
