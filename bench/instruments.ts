import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import modbusSerial from 'modbus-serial'
import { createRealClock } from '../src/engine/realClock.ts'
import { createLinkOpener } from '../src/engine/transport/openLink.ts'

const clock = createRealClock()
const pythonServer = join(import.meta.dirname, '..', 'test', 'transport', 'pymodbusServer.py')

interface Speed {
  perSecond: number
  p99Ms: number
}

/** One way of asking for two registers. */
interface Client {
  poll: () => Promise<void>
  close: () => Promise<void>
}

/** Compiles a peer in C; null where there is no compiler or no libmodbus. */
function compile(folder: string, name: string): string | null {
  const out = join(folder, name)
  const flags = ['-O2', '-I/usr/include/modbus', join(import.meta.dirname, 'peers', `${name}.c`), '-lmodbus', '-o', out]
  return spawnSync('cc', flags, { stdio: 'ignore' }).status === 0 ? out : null
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const speedOf = (tookMs: number[], wholeMs: number): Speed => {
  const sorted = tookMs.toSorted((a, b) => a - b)
  return { perSecond: (1000 * tookMs.length) / wholeMs, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0 }
}

async function measure({ poll }: Client, count: number): Promise<Speed> {
  const tookMs: number[] = []
  const startMs = performance.now()
  for (let i = 0; i < count; i++) {
    const fromMs = performance.now()
    await poll()
    tookMs.push(performance.now() - fromMs)
  }
  return speedOf(tookMs, performance.now() - startMs)
}

const right = (words: readonly number[]): void => {
  if (words[0] !== 1005 || words[1] !== 1006) throw new Error(`wrong words: ${words.join(', ')}`)
}

async function ours(url: string): Promise<Client> {
  const { link, close } = await createLinkOpener({ clock }).openRegisters(url)
  return { poll: async () => right(await link.readHolding(5, 2)), close }
}

/** modbus-serial as it is; `gapMs`: with the silence between frames that the standard demands. */
async function bare(
  connect: (client: InstanceType<typeof modbusSerial.default>) => Promise<unknown>,
  gapMs = 0,
): Promise<Client> {
  const client = new modbusSerial.default()
  await connect(client)
  client.setID(1)
  client.setTimeout(2000)
  return {
    poll: async () => {
      right((await client.readHoldingRegisters(5, 2)).data)
      if (gapMs > 0) await clock.sleep(gapMs)
    },
    close: () => new Promise((resolve) => client.close(() => resolve())),
  }
}

/** What else runs on the PC only ever slows: the best of several rounds says most about the code. */
const best = (speeds: readonly Speed[]): Speed => speeds.toSorted((a, b) => b.perSecond - a.perSecond)[0]!

const rounds = 15

/** All of them in turn, in one order and then the other, so that a busy moment of the PC meets all alike. */
async function race(clients: Record<string, () => Promise<Client>>, count: number): Promise<Record<string, Speed[]>> {
  const found: Record<string, Speed[]> = {}
  for (let round = 0; round < rounds; round++)
    for (const [name, open] of round % 2 === 0 ? Object.entries(clients) : Object.entries(clients).toReversed()) {
      const client = await open()
      await measure(client, Math.ceil(count / 10))
      found[name] = [...(found[name] ?? []), await measure(client, count)]
      await client.close()
    }
  return found
}

const bestOf = (raced: Record<string, Speed[]>): Record<string, Speed> =>
  Object.fromEntries(Object.entries(raced).map(([name, speeds]) => [name, best(speeds)]))

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** How fast ours is beside another one: the median of the rounds, each of which saw the same PC. */
const ratioTo = (name: string, raced: Record<string, Speed[]>): number =>
  middle(raced['ours']!.map((each, i) => each.perSecond / raced[name]![i]!.perSecond))

const inC = (client: string | null, args: string[]): Speed | null =>
  client === null ? null : (JSON.parse(execFileSync(client, args, { encoding: 'utf8' })) as Speed)

async function untilAnswering(open: () => Promise<Client>): Promise<void> {
  for (let i = 0; ; i++)
    try {
      const client = await open()
      await client.poll()
      return await client.close()
    } catch (error) {
      if (i > 50) throw error
      await clock.sleep(100)
    }
}

interface Peers {
  server: string | null
  client: string | null
  children: ChildProcess[]
}

async function overTcp({ server, client, children }: Peers) {
  const port = await freePort()
  const [command, args] = server ? [server, ['tcp']] : ['/usr/bin/python3', [pythonServer, 'tcp']]
  children.push(spawn(command, [...args, String(port)], { stdio: 'ignore' }))
  const url = `modbus-tcp://127.0.0.1:${port}?unit=1`
  await untilAnswering(() => ours(url))
  const raced = await race(
    {
      ours: () => ours(url),
      modbusSerial: () => bare((each) => each.connectTCP('127.0.0.1', { port })),
    },
    1500,
  )
  const libmodbus = inC(client, ['tcp', String(port), '5000'])
  return { ...bestOf(raced), libmodbus, ratioToModbusSerial: ratioTo('modbusSerial', raced), url }
}

/** RTU at 115200 baud over a pair of ptys: the standard's 1.75 ms of silence between frames is ours, not modbus-serial's. */
async function overPtys({ server, client, children }: Peers, folder: string) {
  if (spawnSync('socat', ['-V']).status !== 0) return null
  const [near, far] = [join(folder, 'near'), join(folder, 'far')]
  children.push(spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`]))
  for (let i = 0; i < 50 && !existsSync(far); i++) await clock.sleep(50)
  const [command, args] = server ? [server, ['rtu']] : ['/usr/bin/python3', [pythonServer, 'rtu']]
  children.push(spawn(command, [...args, far], { stdio: 'ignore' }))
  const open = () => ours(`modbus-rtu://${near}?baudRate=115200&unit=1`)
  await untilAnswering(open)
  const serial = (gapMs: number) => () => bare((each) => each.connectRTUBuffered(near, { baudRate: 115_200 }), gapMs)
  const raced = await race({ ours: open, modbusSerial: serial(0), modbusSerialWithGap: serial(1.75) }, 150)
  const libmodbus = inC(client, ['rtu', near, '500'])
  return { ...bestOf(raced), libmodbus, ratioToModbusSerialWithGap: ratioTo('modbusSerialWithGap', raced) }
}

/** Share of one core that 32 instruments at 10 Hz cost this process. */
async function manyInstruments(url: string) {
  const clients = await Promise.all(Array.from({ length: 32 }, () => ours(url)))
  const seconds = 10
  const end = performance.now() + seconds * 1000
  const before = process.cpuUsage()
  let polls = 0
  const follow = async (client: Client): Promise<void> => {
    for (let dueMs = performance.now(); dueMs < end; dueMs += 100) {
      await client.poll()
      polls++
      await clock.sleep(Math.max(0, dueMs + 100 - performance.now()))
    }
  }
  await Promise.all(clients.map(follow))
  const used = process.cpuUsage(before)
  await Promise.all(clients.map((each) => each.close()))
  return { instruments: 32, pollsPerSecond: polls / seconds, shareOfOneCore: (used.user + used.system) / 1e6 / seconds }
}

/** How long a stop takes that comes behind a thousand waiting polls, beside one transaction: the median of nine. */
async function stopBehindQueue(url: string) {
  const { link, close } = await createLinkOpener({ clock }).openRegisters(url)
  const one = await measure({ poll: async () => right(await link.readHolding(5, 2)), close }, 500)
  const tookMs: number[] = []
  for (let i = 0; i < 9; i++) {
    const polls = Array.from({ length: 1000 }, () => link.readHolding(5, 2, { priority: 'poll' }))
    // They wait for their turns before the stop comes.
    await new Promise((turn) => setImmediate(turn))
    const startMs = performance.now()
    await link.writeRegister(100, 0, { priority: 'stop' })
    tookMs.push(performance.now() - startMs)
    await Promise.all(polls)
  }
  await close()
  return { queue: 1000, stopMs: middle(tookMs), oneTransactionMs: 1000 / one.perSecond, transactionP99Ms: one.p99Ms }
}

/** Polls per second and latency of our stack beside bare modbus-serial and libmodbus, against one server in one run. */
export async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-bench-'))
  const children: ChildProcess[] = []
  try {
    const peers = { server: compile(folder, 'modbusServer'), client: compile(folder, 'modbusClient'), children }
    const { url, ...tcp } = await overTcp(peers)
    return {
      server: peers.server ? 'libmodbus' : 'pymodbus',
      tcp: { ...tcp, needed: 0.9 },
      pty: await overPtys(peers, folder),
      many: { ...(await manyInstruments(url)), needed: 'less than 0.15 of a core' },
      stop: await stopBehindQueue(url),
    }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}
