import { describe, expect, it } from 'vitest'
import { createMemoryWire } from './memoryWire.ts'
import { createWireCore } from './wireCore.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a wire', () => {
  it('ends once, whoever ends it, and gives the port back once', async () => {
    let releases = 0
    const core = createWireCore({
      name: 'x',
      transmit: async () => undefined,
      release: async () => void releases++,
    })
    const reasons: string[] = []
    core.wire.onClose((reason) => reasons.push(reason))
    core.ended('the device is gone')
    core.ended('disconnected')
    await core.wire.close()
    await core.wire.close()
    expect(reasons).toEqual(['the device is gone'])
    expect(releases).toBe(1)
    expect(core.wire.isOpen).toBe(false)
    core.wire.onClose((reason) => reasons.push(`late: ${reason}`))
    await settle()
    expect(reasons).toEqual(['the device is gone', 'late: the device is gone'])
  })

  it('fails a write that hangs when it ends, and every later one', async () => {
    const core = createWireCore({
      name: 'x',
      transmit: () => new Promise(() => undefined),
      release: async () => undefined,
    })
    const hanging = core.wire.write(Uint8Array.of(1))
    core.ended('the device is gone')
    await expect(hanging).rejects.toMatchObject({ code: 'device.closed', context: { detail: 'the device is gone' } })
    await expect(core.wire.write(Uint8Array.of(2))).rejects.toMatchObject({ code: 'device.closed' })
  })

  it('ends with the reason of a write that failed', async () => {
    const core = createWireCore({
      name: 'x',
      transmit: async () => Promise.reject(new Error('input/output error')),
      release: async () => undefined,
    })
    await expect(core.wire.write(Uint8Array.of(1))).rejects.toMatchObject({ context: { detail: 'input/output error' } })
    expect(core.wire.isOpen).toBe(false)
  })

  it('of memory carries bytes both ways in order, later, as copies, until it is unplugged', async () => {
    const { wire, far } = createMemoryWire('sim:x')
    const near: number[] = []
    const distant: number[] = []
    wire.onData((bytes) => near.push(...bytes))
    const off = far.onData((bytes) => distant.push(...bytes))
    const sent = Uint8Array.of(1)
    const written = wire.write(sent)
    sent[0] = 99
    far.send(Uint8Array.of(11))
    far.send(Uint8Array.of(12))
    expect(near).toEqual([])
    await written
    await settle()
    expect(near).toEqual([11, 12])
    expect(distant).toEqual([1])
    off()
    far.unplug()
    far.send(Uint8Array.of(13))
    await settle()
    expect(near).toEqual([11, 12])
    expect(far.isPlugged).toBe(false)
  })

  it('ends when a listener fails, because nothing on it can be trusted any more', async () => {
    const { wire, far } = createMemoryWire('sim:x')
    const reasons: string[] = []
    wire.onClose((reason) => reasons.push(reason))
    wire.onData(() => {
      throw new Error('a bug')
    })
    far.send(Uint8Array.of(1))
    await settle()
    expect(reasons).toEqual(['internal error: a bug'])
  })
})
