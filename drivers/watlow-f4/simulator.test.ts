import { describe, expect, it } from 'vitest'
import { talkTo } from '../watlow/testTalk.ts'
import { simulator } from './simulator.ts'

const settle = () => new Promise<void>((turn) => setImmediate(turn))
const talk = (options: Record<string, string> = {}) => talkTo(simulator, settle, options)
const signed = (word: number): number => (word > 0x7fff ? word - 0x10000 : word)
const word = (value: number): number => value & 0xffff

describe('frames of the manual and of clients', () => {
  it('sets −40.0, and reads it and 84.7 back', async () => {
    const { frame, hexAnswer } = talk()
    expect(await frame('01 06 01 2c fe 70 08 7b')).toBe('01 06 01 2c fe 70 08 7b')
    expect(await hexAnswer(3, 0x01, 0x2c, 0, 1)).toBe('01 03 02 fe 70 f9 c0')
    await hexAnswer(6, 0x01, 0x2c, 0x03, 0x4f)
    expect(await hexAnswer(3, 0x01, 0x2c, 0, 1)).toBe('01 03 02 03 4f f9 40')
    expect(await frame('01 03 00 64 00 01 c5 d5')).toMatch(/^01 03 02 00 e[a-f] /)
  })
})

describe('registers', () => {
  it('say who it is', async () => {
    const { read } = talk({ serial: '052381' })
    expect(await read(0, 6)).toEqual([5270, 52, 381, 10, 303, 9999])
    expect((await talk({ hardware: '1.0' }).read(5))[0]).not.toBe(9999)
  })

  it('count in tenths, in whole numbers, in Fahrenheit', async () => {
    const { readOne } = talk()
    expect([await readOne(606), await readOne(616), await readOne(901)]).toEqual([1, 0, 1])
    expect([signed(await readOne(602)), await readOne(603), await readOne(613)]).toEqual([-750, 1900, 100])
    expect((await readOne(100)) / 10).toBeCloseTo(23.5, 0)
    expect(await readOne(104)).toBe(45)
    const whole = talk({ decimals: '0', unitOfTemperature: 'F' })
    expect([await whole.readOne(606), await whole.readOne(901), await whole.readOne(603)]).toEqual([0, 0, 374])
    expect(await whole.readOne(100)).toBe(74)
  })

  it('of one channel have no second one', async () => {
    const { readOne, write } = talk({ channels: '1' })
    expect([await readOne(104), await readOne(319), await readOne(111), await readOne(1925)]).toEqual([-2, -2, -2, -2])
    expect([await write(319, 1), await write(300, 235)]).toEqual([2, null])
  })

  it('take no set-point beyond the limits, but one below the least that switches off', async () => {
    const { write, readOne, bench } = talk()
    expect([await write(300, 1901), await write(300, word(-752)), await write(100, 1)]).toEqual([3, 3, 2])
    await write(300, 600)
    expect(bench.chamber.workingTemperatureC()).not.toBeNull()
    await write(300, word(-751))
    expect([signed(await readOne(300)), bench.chamber.workingTemperatureC()]).toEqual([-751, null])
    expect([await readOne(103), await readOne(107)]).toEqual([0, 0])
  })

  it('of a cascade tell the inner set-point and the product', async () => {
    const { write, readOne } = talk({ cascade: 'yes' })
    await write(300, 600)
    expect([await readOne(1925), await readOne(1922)]).toEqual([1, 700])
    expect((await readOne(108)) / 10).toBeCloseTo(23.5, 0)
    expect([signed(await readOne(1926)), await readOne(1927)]).toEqual([-100, 100])
  })

  it('keep the clock, events and what is of no effect', async () => {
    const { read, write, readOne, readText } = talk()
    expect(await read(1916, 6)).toEqual([9, 0, expect.any(Number), 1, 5, 2026])
    await write(1916, 15, 30, 0, 2, 7, 2026)
    expect(await read(1916, 6)).toEqual([15, 30, expect.any(Number), 2, 7, 2026])
    expect([await write(2010, 1), await write(2010, 2), await readOne(2010)]).toEqual([null, 3, 1])
    expect([await write(25, 0), await write(311, 0), await readOne(201), await readOne(1061)]).toEqual([
      null,
      null,
      0,
      1,
    ])
    expect(await readText(3200, 10)).toBe('ALARM1')
  })
})

describe('an event may switch the chamber on', () => {
  it('and off', async () => {
    const { write, bench, readOne } = talk({ runEvent: '4' })
    await write(300, 600)
    expect([bench.chamber.workingTemperatureC(), await readOne(103)]).toEqual([null, 0])
    await write(2030, 1)
    expect(bench.chamber.workingTemperatureC()).not.toBeNull()
    expect(await readOne(103)).toBe(10_000)
    await write(2030, 0)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })
})

describe('profiles', () => {
  const create = async ({ write, readOne }: ReturnType<typeof talk>): Promise<number> => {
    await write(4002, 1)
    const number = await readOne(4000)
    await write(4001, 1, 2)
    await write(4003, 1)
    await write(4009, 0, 30, 0)
    await write(4044, 600, word(-1))
    await write(4030, 0, 1)
    await write(4001, 2, 2)
    await write(4003, 3)
    await write(4009, 0, 10, 0)
    await write(4048, 1)
    await write(4001, 3, 2)
    await write(4003, 4)
    await write(4050, number, 2, 1)
    await write(4001, 4)
    await write(4060, 0)
    return number
  }

  it('are created, inserted into, read in one block, and deleted', async () => {
    const device = talk()
    const { write, readOne, read, readText } = device
    const free = [await readOne(1218), await readOne(1219)]
    const number = await create(device)
    expect([number, await readOne(1218), await readOne(1219)]).toEqual([3, free[0]! - 1, free[1]! - 4])
    await write(3520, ...[...'MINE      '].map((each) => each.charCodeAt(0)))
    expect(await readText(3520, 10)).toBe('MINE      ')
    await write(4000, 3, 1)
    const words = await read(4003, 60)
    expect([words[0], words[7], words[28], words[41], words[42]]).toEqual([1, 30, 1, 600, 0xffff])
    expect([await write(4001, 5), await readOne(4003)]).toEqual([null, 6])
    expect(await write(4000, 3, 1, 3)).toBeNull()
    expect([await readOne(4003), await readOne(1218)]).toEqual([6, free[0]])
    expect([await write(4000, 0), await write(4000, 41), await write(4002, 9), await write(4009, 1)]).toEqual([
      3, 3, 3, 3,
    ])
  })

  it('run, hold, resume, and end by holding the last set-point', async () => {
    const device = talk()
    const { write, readOne, read, wait } = device
    const number = await create(device)
    await write(4000, number, 1)
    await write(4002, 5)
    expect([await readOne(200), await readOne(4100), await readOne(4101), await readOne(4102)]).toEqual([2, 3, 1, 1])
    await wait(15)
    expect((await readOne(4122)) / 10).toBeCloseTo(41.7, 0)
    expect(await readOne(2010)).toBe(1)
    expect(await read(4119, 3)).toEqual([0, 14, expect.any(Number)])
    await write(1210, 1)
    await wait(30)
    expect([await readOne(200), await readOne(4122)]).toEqual([3, expect.any(Number)])
    await write(1209, 1)
    await wait(30)
    expect(await read(4126, 3)).toEqual([1, 3, 3])
    await wait(15)
    expect([await readOne(200), await readOne(300)]).toEqual([1, 600])
  })

  it('are terminated, and the constant set-point counts again', async () => {
    const { write, readOne, wait, bench } = talk()
    await write(300, 300)
    await write(4000, 2, 1)
    await write(4002, 5)
    await wait(60)
    await write(1217, 1)
    expect([await readOne(200), await readOne(300), await readOne(4122)]).toEqual([1, 300, 300])
    await wait(60)
    expect(bench.chamber.temperatureC()).toBeCloseTo(30, 0)
  })

  it('ramp at a rate, and may end with everything off or idle', async () => {
    const { write, readOne, wait } = talk({ channels: '1' })
    await write(4002, 1)
    await write(4001, 1, 2)
    await write(4003, 2)
    await write(4043, 20)
    await write(4044, 435)
    await write(4001, 2)
    await write(4060, 3, 250)
    await write(4001, 1)
    await write(4002, 5)
    await wait(5)
    expect((await readOne(4122)) / 10).toBeCloseTo(33.5, 0)
    await wait(6)
    expect([await readOne(200), await readOne(300)]).toEqual([1, 250])
  })

  it('aren’t touched while the panel edits one', async () => {
    const { write, options } = talk()
    options['fault'] = 'profile-busy'
    expect([await write(4000, 1), await write(4002, 5), await write(4044, 1)]).toEqual([6, 6, 6])
  })
})
