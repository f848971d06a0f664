/**
 * The simulated lab in real processes, on real sockets: simulators at the wire, the station with its server, a window that
 * looks on. Recorded at ten times the pace of a test of weeks, so that ten minutes are worth more than an hour.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../test/support/cli.ts'
import { soakTemplate } from '../../test/support/soakTemplate.ts'
import { openWindow } from '../../test/support/window.ts'
import type { Sample } from './engine.ts'
import { judgeSoak, type SoakEnd, type SoakReport } from './judge.ts'

const sensorCount = 3
/** A test of weeks reads its chamber once a second at the most. */
const everyS = 0.1

const template = (minutes: number) =>
  soakTemplate({
    roles: [
      { name: 'chamber', title: 'Chamber', role: 'Chamber' },
      { name: 'sun', title: 'Sensors', role: 'IrradianceSensor', minimum: 1, maximum: 8 },
    ],
    exposure: undefined,
    steps: [
      {
        ...{ id: 'log', kind: 'record', title: 'Record', channels: [{ roles: ['chamber', 'sun'], everyS }] },
        steps: [
          {
            ...{ id: 'soak', kind: 'hold', title: 'Soak', bands: [], durationS: minutes * 60, everyS: 1 },
            timeoutS: minutes * 60 + 3600,
          },
        ],
      },
    ],
  })

/** Starts a process of the soak; what it says comes line by line. */
function start(script: string, args: readonly string[]): { child: ChildProcess; lines: AsyncIterable<string> } {
  const child = spawn(process.execPath, ['--expose-gc', join(root, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return { child, lines: createInterface({ input: child.stdout }) }
}

async function simulate(driver: string): Promise<{ child: ChildProcess; address: string }> {
  const { child, lines } = start('scripts/pvtp.mjs', ['simulate', driver, '--tcp', '127.0.0.1:0', '--json'])
  let text = ''
  for await (const line of lines) {
    text += line
    if (line === '}') break
  }
  return { child, address: (JSON.parse(text) as { address: string }).address.replace('tcp://', '') }
}

async function layOut(folder: string, minutes: number) {
  const chamber = await simulate('espec-p300')
  const sensors = []
  for (let i = 0; i < sensorCount; i++) sensors.push(await simulate('imt-si-rs485'))
  const one = (id: string, driver: string, link: string) => ({
    ...{ id, name: id, driver, link, deviations: [], calibration: null },
  })
  const instruments = [
    one('chamber', 'espec-p300', `tcp://${chamber.address}`),
    ...sensors.map(({ address }, i) => one(`sun-${i}`, 'imt-si-rs485', `modbus-rtu-over-tcp://${address}?unit=1`)),
  ]
  const roles = { chamber: ['chamber'], sun: sensors.map((_each, i) => `sun-${i}`) }
  const file = join(folder, 'setUp.json')
  writeFileSync(
    file,
    JSON.stringify({ dataFolder: join(folder, 'data'), template: template(minutes), instruments, roles }),
  )
  return { file, children: [chamber.child, ...sensors.map(({ child }) => child)] }
}

/** A window that sees everything, as an operator's would. */
async function look(address: string): Promise<() => void> {
  const window = await openWindow(address)
  const watch = async (): Promise<void> => {
    for await (const event of await window.client.station.events()) if (event.type === 'runEnded') return
  }
  watch().catch(() => undefined)
  return window.close
}

export async function soak(given: {
  minutes: number
  checksMemory: boolean
  tell: (sample: Sample) => void
}): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-soak-'))
  const { file, children } = await layOut(folder, given.minutes)
  const samples: Sample[] = []
  try {
    const { child, lines } = start('bench/soak/engine.ts', [file])
    children.push(child)
    let end: SoakEnd | null = null
    for await (const line of lines) {
      const said = JSON.parse(line) as { address?: string; sample?: Sample } & Partial<SoakEnd>
      if (said.address !== undefined) await look(said.address)
      if (said.sample) {
        samples.push(said.sample)
        given.tell(said.sample)
      }
      if (said.ended !== undefined) end = said as SoakEnd
    }
    if (!end) throw new Error('the station ended before its run did')
    return judgeSoak(samples, end, given.checksMemory)
  } finally {
    for (const child of children) child.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}
