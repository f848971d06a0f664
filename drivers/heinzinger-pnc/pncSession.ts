import { StationError } from '../../src/contract/errors.ts'
import type { Identity } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { profile } from './profile.ts'
import { readType, type PncType } from './pncType.ts'

const numberForm = /^[+-]?\d{1,6}(?:\.\d{1,8})?(?:E[+-]?\d{1,2})?$/i
/** A measurement beyond this share of nominal isn't one. */
const plausible = 1.2

/** Numbers to the supply always have a point, as those that are known to work. */
const formatNumber = (value: number): string => value.toFixed(6)

/** A unit as this station knows it: its type, and the polarity of one that can be reversed. */
export interface PncUnit extends PncType {
  sign: 1 | -1
}

/** Questions and commands in V and A; commands have no answer. */
export function createSession(link: LineLink, name: string, defaults: QueryOptions) {
  const badReply = (request: string, reply: string, detail: string): StationError =>
    new StationError('device.badReply', { instrument: name, request, reply: reply.slice(0, 120), detail })
  const ask = async (line: string): Promise<string> => (await link.query(line, defaults)).trim()
  const askText = async (line: string, form: RegExp, what: string): Promise<string> => {
    const reply = await ask(line)
    if (!form.test(reply)) throw badReply(line, reply, `not ${what}`)
    return reply
  }
  const askNumber = async (line: string, of: { unit: number; nominal: number }): Promise<number> => {
    const value = Number(await askText(line, numberForm, 'a number')) * of.unit
    if (Math.abs(value) > plausible * of.nominal) throw badReply(line, String(value), 'far beyond nominal')
    return value
  }
  const volts = ({ volts: unit, nominalV: nominal }: PncUnit) => ({ unit, nominal })
  const amperes = ({ amperes: unit, nominalA: nominal }: PncUnit) => ({ unit, nominal })
  return {
    write: (line: string) => link.write(line, defaults),
    askText,
    identify: async (): Promise<{ type: PncType; identity: Identity }> => {
      const reply = await askText('*IDN?', /^[\x20-\x7e]+$/, 'an identity')
      const type = readType(reply)
      if (!type || !profile.models.some((pattern) => new RegExp(pattern).test(type.model)))
        throw new StationError('device.wrongModel', {
          expected: profile.title,
          link: name,
          actual: reply.slice(0, 120),
        })
      const firmware = await askText('VERS?', /^[\x20-\x7e]{1,80}$/, 'a version')
      return { type, identity: { maker: 'Heinzinger', model: type.model, serialNumber: type.rest || null, firmware } }
    },
    measureV: (unit: PncUnit) => askNumber('MEAS:VOLT?', volts(unit)),
    measureA: (unit: PncUnit) => askNumber('MEAS:CURR?', amperes(unit)),
    setV: (unit: PncUnit, value: number) => link.write(`VOLT ${formatNumber(value / unit.volts)}`, defaults),
    setA: (unit: PncUnit, value: number) => link.write(`CURR ${formatNumber(value / unit.amperes)}`, defaults),
    readV: (unit: PncUnit) => askNumber('VOLT?', volts(unit)),
    readA: (unit: PncUnit) => askNumber('CURR?', amperes(unit)),
    isOn: async (): Promise<boolean> => /^(1|ON)$/i.test(await askText('OUTP?', /^(0|1|ON|OFF)$/i, 'on or off')),
  }
}

export type Session = ReturnType<typeof createSession>
