import { StationError } from '../../src/contract/errors.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createScpiClient } from '../scpi/client.ts'

/** Numbers on the wire are plain: no exponent (manual, 4.5). */
export const formatNumber = (value: number): string => String(Number(value.toFixed(4)))

/** Measurements and set-points have four digits behind the point, powers two (manual, 5.2, 5.3). */
export const decimalForm = /^[+-]?\d{1,6}\.\d{1,6}$/
const maximumForm = /^-?\d{1,6}(\.\d+)?$/
const wholeForm = /^-?\d{1,5}$/
const errorForm = /^([+-]?\d+),(.*)$/
/** The error queue holds ten (5.6.7). */
const mostErrors = 10

/** Questions and commands of the supply, with strict decoding. */
export function createSupplyClient(link: LineLink, name: string, defaults: QueryOptions) {
  const client = createScpiClient(link, name, defaults)

  const askForm = async (line: string, form: RegExp, what: string): Promise<number> => {
    const reply = (await client.ask(line)).trim()
    if (!form.test(reply)) throw client.badReply(line, reply, `not ${what}`)
    return Number(reply)
  }
  /** Empties the queue; throws device.refused with what was in it. */
  const expectNoError = async (after: string): Promise<void> => {
    const found: string[] = []
    for (let i = 0; i <= mostErrors; i++) {
      const reply = (await client.ask('SYST:ERR?')).trim()
      const [, code, text = ''] = errorForm.exec(reply) ?? []
      if (code === undefined) throw client.badReply('SYST:ERR?', reply, 'not an entry of the error queue')
      if (Number(code) === 0) break
      found.push(`${code} ${text}`)
    }
    if (found.length > 0)
      throw new StationError('device.refused', { instrument: name, request: after, detail: found.join(', ') })
  }
  return {
    ...client,
    expectNoError,
    askDecimal: (line: string) => askForm(line, decimalForm, 'a decimal number'),
    askMaximum: (line: string) => askForm(line, maximumForm, 'a maximum').then(Math.abs),
    askWhole: (line: string) => askForm(line, wholeForm, 'a whole number'),
  }
}

export type SupplyClient = ReturnType<typeof createSupplyClient>
