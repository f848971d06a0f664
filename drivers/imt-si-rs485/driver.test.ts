import { describe, expect, it } from 'vitest'
import { bytesToHex } from '../../src/base/bytes.ts'
import type { SimulatedBench } from '../../src/contract/instrument.ts'
import { fromHex, openBytes, openRig } from '../../test/support/driverRig.ts'
import { createFaultBoard } from '../bench/faults.ts'
import { crc16, withCrc } from '../bench/modbusRtu.ts'
import { driver, zeroIsATemperature } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = async (options: Record<string, string> = {}, deviations: string[] = []) => {
  const rig = await openRig(driver, simulator, { options, deviations, unit: Number(options.unit ?? 1) })
  return { ...rig, read: () => rig.run(rig.instrument.read()) }
}

const fixedBench = (bench: SimulatedBench): SimulatedBench => ({
  ...bench,
  moduleCurrentA: () => 0,
  openCircuitVoltageV: () => 0,
  irradianceWPerM2: () => 999.5,
  moduleTemperatureC: () => -10,
  ambientTemperatureC: () => 20,
})

describe('frames of the vendor’s specification', () => {
  it.each([
    ['01 04 00 00 00 01', '31 ca'],
    ['01 04 02 27 0b', 'e3 07'],
    ['01 04 00 07 00 02', 'c0 0a'],
    ['01 46 07', '53 a2'],
  ])('%s has the CRC %s', (frame, crc) => {
    expect(bytesToHex(withCrc(fromHex(frame)).subarray(-2))).toBe(crc.replace(' ', ''))
    expect(crc16(fromHex(`${frame} ${crc}`))).toBe(0)
  })

  it('are answered byte for byte', async () => {
    const wire = openBytes(simulator)
    const answers: string[] = []
    const device = simulator.createSimulator({
      clock: wire.clock,
      random: {
        uniform: () => 0.5,
        normal: () => 0,
        fork: () => ({ uniform: () => 0.5, normal: () => 0, fork: never }),
      },
      bench: fixedBench(wire.bench),
      faults: createFaultBoard(wire.clock, {}),
      send: (bytes) => void answers.push(bytesToHex(bytes)),
      options: { startMs: '0' },
    })
    for (const frame of ['01 04 00 00 00 01 31 ca', '01 46 07 53 a2', '01 04 00 07 00 02 c0 0a']) {
      device.receive(fromHex(frame))
      await wire.clock.run(wire.clock.sleep(100))
    }
    expect(answers[0]).toBe('010402270be307')
    expect(answers[1]).toBe(bytesToHex(withCrc(fromHex('01 46 07 00 c8 00 99'))))
    // −8.5 °C (1.5 K above the module at 1000 W/m²) and −10.0 °C, two's complement.
    expect(answers[2]).toBe(bytesToHex(withCrc(fromHex('01 04 04 ff ab ff 9c'))))
  })
})

const never = (): never => {
  throw new Error('not used')
}

describe('the driver', () => {
  it('identifies by the version function', async () => {
    const { clock, instrument } = await setUp()
    expect(await clock.run(instrument.identify())).toEqual({
      maker: 'IMT',
      model: 'Si-RS485',
      serialNumber: null,
      firmware: '1.53 (hardware 2.00)',
    })
  })

  it('refuses a device without the version function, or with versions that can not be', async () => {
    const { codeOf, instrument } = await setUp({ fault: 'exception' })
    expect(await codeOf(instrument.identify())).toBe('device.wrongModel')
    const odd = await setUp({ firmware: '45.00' })
    expect(await odd.codeOf(odd.instrument.identify())).toBe('device.wrongModel')
  })

  it.each(['1.52', '1.53', '1.60'])('reads firmware %s within 0.1 % and 0.2 K', async (firmware) => {
    const { bench, read } = await setUp({ firmware, sensor: '3' })
    const [irradiance, cell, external] = await read()
    expect(irradiance).toMatchObject({ channel: 'irradiance', unit: 'W/m²' })
    expect(Math.abs(irradiance!.value! / bench.irradianceWPerM2() - 1)).toBeLessThan(2e-3)
    expect(external).toMatchObject({ channel: 'temperature.external', unit: '°C' })
    expect(Math.abs(external!.value! - bench.moduleTemperatureC(3))).toBeLessThan(0.2)
    expect(cell!.value! - external!.value!).toBeCloseTo(1.5, 0)
  })

  it.each(['1.52', '1.53'])('reports an unfitted sensor as missing, never as 0 (firmware %s)', async (firmware) => {
    const { read } = await setUp({ firmware, unfitted: 'external' })
    const [, cell, external] = await read()
    expect(cell?.value).toBeGreaterThan(20)
    expect(external?.value).toBeNull()
    expect(external?.reason).toContain('no sensor is fitted')
  })

  it('takes 0 as a temperature only where the deviation says so', async () => {
    const [, , external] = await (await setUp({ unfitted: 'external' }, [zeroIsATemperature])).read()
    expect(external).toEqual({ channel: 'temperature.external', value: 0, unit: '°C' })
  })

  it.each(['1.52', '1.53'])('never gives the end of the range as a value (firmware %s)', async (firmware) => {
    const [irradiance] = await (await setUp({ firmware, fault: 'over-range' })).read()
    expect(irradiance?.value).toBeNull()
    expect(irradiance?.reason).toContain('beyond')
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['wrong-crc', 'device.badReply'],
    ['wrong-unit', 'device.badReply'],
    ['corrupt', 'device.badReply'],
  ])('with the fault %s fails with %s', async (fault, code) => {
    const { codeOf, instrument } = await setUp({ fault })
    expect(await codeOf(instrument.identify())).toBe(code)
  })

  it('has nothing to switch off', async () => {
    const { clock, instrument } = await setUp()
    expect(await clock.run(instrument.safeStop())).toMatchObject({ safe: true, evidence: [] })
  })
})

describe('the simulated sensor', () => {
  const exchange = async (frames: string[], options: Record<string, string> = {}) => {
    const { received, send } = openBytes(simulator, { startMs: '0', ...options })
    for (const frame of frames) await send(frame, 100)
    return received.map((answer) => answer.replaceAll(' ', ''))
  }
  const request = (frame: string) => bytesToHex(withCrc(fromHex(frame))).replace(/(..)(?=.)/g, '$1 ')

  it('says nothing for 4 s after power-on', async () => {
    const { received, send } = openBytes(simulator, { startMs: '4000' })
    await send('01 46 07 53 a2', 3900)
    await send('01 46 07 53 a2', 200)
    expect(received).toEqual([])
    await send('01 46 07 53 a2', 200)
    expect(received).toHaveLength(1)
  })

  it.each([
    ['function 3', '01 03 00 00 00 01', '018301'],
    ['a register beyond the last', '01 04 00 08 00 02', '018402'],
    ['no registers at all', '01 04 00 00 00 00', '018403'],
    ['an unknown vendor sub-function', '01 46 05', '01c601'],
    ['an unknown diagnostic', '01 08 00 05 00 00', '018801'],
  ])('answers %s with an exception', async (_name, frame, start) => {
    const [answer] = await exchange([request(frame)])
    expect(answer?.slice(0, 6)).toBe(start)
  })

  it('lacks registers 7 and 8 before firmware 1.53', async () => {
    const [answer] = await exchange([request('01 04 00 07 00 02')], { firmware: '1.52' })
    expect(answer?.slice(0, 6)).toBe('018402')
  })

  it('is silent for another unit and a broken CRC, and finds the next frame behind rubbish', async () => {
    expect(await exchange([request('02 04 00 00 00 01')])).toEqual([])
    expect(await exchange(['01 04 00 00 00 01 31 cb'])).toEqual([])
    expect(await exchange(['ff 00 01 04 00 00 00 01 31 ca'])).toHaveLength(1)
    expect(await exchange(['01 04 00', '01 04 00 00 00 01 31 ca'])).toHaveLength(1)
  })

  it('echoes and counts (function 8)', async () => {
    const echo = request('01 08 00 00 a5 37')
    expect((await exchange([echo]))[0]).toBe(echo.replaceAll(' ', ''))
    const answers = await exchange([echo, echo, request('01 08 00 0b 00 00')])
    expect(answers[2]?.slice(0, 12)).toBe('0108000b0003')
  })
})
