import { StationError } from '../../src/contract/errors.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createScpiClient, decodeNumber, formatNumber, type ScpiClient } from './client.ts'
import { commandOf, queryOf, trippedBits, trippedBy, type LoadDialect } from './loadDialect.ts'

export type LoadSession = ReturnType<typeof createLoadSession>

/**
 * Query errors, device errors, execution errors, command errors of the standard event register (IEEE 488.2, 11.5.1).
 * Not every load has an error queue; this register all have.
 */
const errorBits = 4 + 8 + 16 + 32

/** What a load tells of itself. */
function createLoadReader(client: ScpiClient, dialect: LoadDialect) {
  const askWhole = async (query: string): Promise<number> => {
    const reply = (await client.ask(query)).trim()
    if (!/^\+?\d{1,5}$/.test(reply)) throw client.badReply(query, reply, 'not a register')
    return Number(reply)
  }
  const isOn = async (): Promise<boolean> => {
    const query = queryOf(dialect, dialect.load.command)
    const reply = (await client.ask(query)).trim()
    if (dialect.load.onReads.test(reply)) return true
    if (dialect.load.offReads.test(reply)) return false
    throw client.badReply(query, reply, 'neither on nor off')
  }
  /** null where the load says that it is over range. */
  const measure = async (query: string): Promise<number | null> => {
    const reply = await client.ask(query)
    const decoded = decodeNumber(reply)
    if (decoded.value !== null) return decoded.value
    if (decoded.why === 'notANumber') throw client.badReply(query, reply, 'not a number')
    return null
  }
  return {
    askWhole,
    isOn,
    measure,
    /** 0 where nothing has tripped. */
    protection: async (): Promise<number> =>
      dialect.protection ? trippedBits(dialect, await askWhole(queryOf(dialect, dialect.protection.query))) : 0,
  }
}

/** Words and levels, each read back. */
function createLoadSetter(client: ScpiClient, dialect: LoadDialect, name: string) {
  const clamped = (quantity: string, asked: string | number, actual: string | number): StationError =>
    new StationError('device.clamped', { instrument: name, quantity, asked, actual })
  return {
    setWord: async (word: { command: string; word: string; reads: RegExp }, quantity: string): Promise<void> => {
      await client.write(commandOf(dialect, word.command, word.word))
      const actual = (await client.ask(queryOf(dialect, word.command))).trim()
      if (!word.reads.test(actual)) throw clamped(quantity, word.word, actual)
    },
    /** @param tolerance how much coarser than asked the load may store it */
    setLevel: async (setting: string, value: number, tolerance: number): Promise<number> => {
      const header = dialect.levels[setting]
      if (header === undefined)
        throw new StationError('device.refused', {
          instrument: name,
          request: setting,
          detail: 'this load has no such level',
        })
      await client.write(commandOf(dialect, header, formatNumber(value)))
      const actual = await client.askNumber(queryOf(dialect, header))
      if (Math.abs(actual - value) > Math.max(tolerance, 2e-3 * Math.abs(value))) throw clamped(setting, value, actual)
      return actual
    },
  }
}

/** What the operations of a load are made of, in the words of its dialect. */
export function createLoadSession(link: LineLink, of: { name: string; dialect: LoadDialect; options: QueryOptions }) {
  const { name, dialect, options } = of
  const client = createScpiClient(link, name, options)
  const reader = createLoadReader(client, dialect)
  const refused = (request: string, detail: string): StationError =>
    new StationError('device.refused', { instrument: name, request, detail })
  const tripped = (request: string, status: number): StationError =>
    refused(request, `protection: ${trippedBy(dialect, status)}`)

  /** Takes back what switched the load off earlier; throws device.refused where the cause is still there. */
  const clearTrips = async (request: string): Promise<void> => {
    if (!dialect.protection || (await reader.protection()) === 0) return
    await client.write(dialect.protection.clear)
    const status = await reader.protection()
    if (status !== 0) throw tripped(request, status)
  }
  const switchLoad = async (on: boolean): Promise<void> => {
    const request = commandOf(dialect, dialect.load.command, on ? dialect.load.on : dialect.load.off)
    await client.write(request)
    if ((await reader.isOn()) === on) return
    const status = await reader.protection()
    throw status === 0 ? refused(request, `it stays ${on ? 'off' : 'on'}`) : tripped(request, status)
  }
  return {
    ...client,
    ...reader,
    ...createLoadSetter(client, dialect, name),
    dialect,
    refused,
    clearTrips,
    switchLoad,
    start: async (): Promise<void> => {
      for (const line of dialect.start) await client.write(line)
    },
    /** Throws device.refused where anything was wrong with the lines sent since *CLS. */
    expectNoError: async (after: string): Promise<void> => {
      const events = await reader.askWhole('*ESR?')
      if ((events & errorBits) !== 0) throw refused(after, `its event register says ${events & errorBits}`)
    },
    /** Ends in device.refused where the load went off by itself. */
    expectRegulating: async (request: string): Promise<void> => {
      const status = await reader.protection()
      if (status !== 0) throw tripped(request, status)
      if (!(await reader.isOn())) throw refused(request, 'the load went off by itself')
    },
  }
}
