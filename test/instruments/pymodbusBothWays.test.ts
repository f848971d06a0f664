import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { openInstrument } from '../../src/engine/instruments/openInstrument.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { serveSimulator } from '../../src/engine/serveSimulator.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { failureOf, hasPymodbus, needs, python, stopProcess } from '../transport/support.ts'
import { findSubjects } from './conformance/subjects.ts'
import { freePort } from '../transport/freePort.ts'

const clock = createRealClock()
const { subjects } = await findSubjects()
const drivers = new Map(subjects.map((each) => [each.id, each.driver]))
const children: ChildProcess[] = []
const closes: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close()
  await Promise.all(children.splice(0).map(stopProcess))
})

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const kinds: Readonly<Record<number, string>> = { 1: 'coils', 2: 'discrete', 3: 'holding', 4: 'input' }
type Request = [kind: string, address: number, count: number]

const ask = async (framing: 'rtu' | 'tcp', at: { port: string; unit: number }, requests: Request[]) => {
  const args = [script('pymodbusAsk.py'), framing, at.port, String(at.unit), JSON.stringify(requests)]
  return JSON.parse((await promisify(execFile)(python, args)).stdout) as (number[] | boolean[] | number | string)[]
}

const modbus = subjects.filter((each) => each.driver.link === 'registers')

describe.skipIf(!hasPymodbus)(`pymodbus asks our simulators${needs(hasPymodbus, 'python3-pymodbus')}`, () => {
  it.each(modbus)('$id: every register that our driver reads, in each framing that it knows', async (subject) => {
    const unit = Number(/[?&]unit=(\d+)/.exec(subject.driver.profile.exampleLink)?.[1] ?? 1)
    const wire = { host: '127.0.0.1', port: 0 }
    const options = { unit: String(unit) }
    const served = await serveSimulator({ simulator: subject.simulator, clock, seed: 1, options, wire })
    closes.push(() => served.close())
    const port = served.address.split(':').at(-1)!
    const requests = new Map<string, Request>()
    const opener = createLinkOpener({
      clock,
      trace: ({ direction, bytes }) => {
        const kind = kinds[bytes[1] ?? 0]
        if (direction !== 'sent' || kind === undefined || bytes.length !== 8) return
        const request: Request = [kind, bytes[2]! * 256 + bytes[3]!, bytes[4]! * 256 + bytes[5]!]
        requests.set(request.join(), request)
      },
    })
    const opened = await openInstrument(
      {
        id: 'x',
        name: 'x',
        driver: subject.id,
        link: `modbus-rtu-over-tcp://127.0.0.1:${port}?unit=${unit}`,
        deviations: [],
        calibration: null,
        definition: subject.driver.exampleDefinition,
      },
      { clock, drivers, opener },
    )
    await opened.instrument.read()
    await opened.close()
    const asked = [...requests.values()]
    expect(asked.length).toBeGreaterThan(0)
    // A sensor with nothing but RS-485 knows no other framing.
    const framings = /^modbus-tcp:/.test(subject.driver.profile.exampleLink)
      ? (['rtu', 'tcp'] as const)
      : (['rtu'] as const)
    for (const framing of framings) {
      const answers = await ask(framing, { port, unit }, asked)
      expect(answers.filter(Array.isArray).length, 'registers that are there').toBeGreaterThan(0)
      asked.forEach(([, , count], i) => {
        const answer = answers[i]
        // Our driver also asks for what only some controllers have.
        if (typeof answer === 'number') expect(answer).toBe(2)
        else expect(answer, `${framing} ${asked[i]!.join(' ')}`).toHaveLength(count)
      })
    }
    const beyond = await ask('rtu', { port, unit }, [['holding', 65_535, 1]])
    expect([1, 2, 3], 'an address that no instrument has').toContain(beyond[0])
  })
})

/** What pymodbusServer.py is: register n of unit 1 holds 1000 + n. */
const definition = {
  title: 'pymodbus',
  manual: 'test/transport/pymodbusServer.py',
  identification: {
    maker: 'pymodbus',
    model: 'server',
    checks: [{ title: 'register 3', functionCode: 3, address: 3, type: 'u16', equals: 1003 }],
  },
  channels: [
    {
      channel: 'temperature.a',
      title: 'A',
      unit: '°C',
      role: 'TemperatureSensor',
      functionCode: 4,
      address: 5,
      type: 'u16',
      scale: 0.1,
    },
    { channel: 'level', title: 'B', unit: '1', functionCode: 3, address: 20, type: 'u32' },
  ],
  settings: [
    {
      name: 'temperatureC',
      title: 'Set-point',
      unit: '°C',
      minimum: 0,
      maximum: 200,
      energises: false,
      write: { functionCode: 6, address: 50, type: 'u16', scale: 0.1 },
    },
  ],
}

describe.skipIf(!hasPymodbus)(`our driver asks a pymodbus server${needs(hasPymodbus, 'python3-pymodbus')}`, () => {
  it.each([
    ['tcp', 'modbus-tcp'],
    ['rtu-over-tcp', 'modbus-rtu-over-tcp'],
  ])('over %s: identifies, reads, sets and reads back', async (kind, scheme) => {
    const port = await freePort()
    children.push(spawn(python, [script('../transport/pymodbusServer.py'), kind, String(port)], { stdio: 'ignore' }))
    const open = (unit: number) =>
      openInstrument(
        {
          id: 'x',
          name: 'x',
          driver: 'generic-modbus',
          link: `${scheme}://127.0.0.1:${port}?unit=${unit}`,
          deviations: [],
          calibration: null,
          definition,
        },
        { clock, drivers, opener: createLinkOpener({ clock }) },
      )
    const whenUp = async (): ReturnType<typeof open> => {
      const giveUpMs = clock.monotonicMs() + 60_000
      for (;;)
        try {
          return await open(1)
        } catch (error) {
          if (clock.monotonicMs() > giveUpMs) throw error
          await clock.sleep(200)
        }
    }
    const opened = await whenUp()
    const { instrument, identity, provenance } = opened
    expect(identity).toMatchObject({ maker: 'pymodbus', model: 'server' })
    expect(provenance).toBe('live')
    expect(await instrument.read()).toMatchObject([
      { channel: 'temperature.a', value: 100.5 },
      { channel: 'level', value: 1020 * 65_536 + 1021 },
    ])
    expect(await instrument.set!('temperatureC', 85.3)).toMatchObject({ asked: 85.3, actual: 85.3 })
    await opened.close()
    // The other unit of the same server is another instrument.
    expect(await failureOf(open(2))).toMatchObject({ code: 'device.wrongModel' })
  })
})
