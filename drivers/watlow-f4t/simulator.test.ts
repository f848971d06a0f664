import { describe, expect, it } from 'vitest'
import { floatToWords } from '../../src/base/words.ts'
import { talkTo } from '../watlow/testTalk.ts'
import { code } from './registers.ts'
import { simulator } from './simulator.ts'

const settle = () => new Promise<void>((turn) => setImmediate(turn))
const talk = (options: Record<string, string> = {}) => talkTo(simulator, settle, options)

describe('frames of the manual and of clients', () => {
  it.each([
    ['01 10 0a de 00 02 04 00 00 42 aa b1 00', '01 10 0a de 00 02 22 2a'],
    ['01 06 0a aa 00 3e 2b e2', '01 06 0a aa 00 3e 2b e2'],
    ['02 06 0a aa 00 3e 2b e2', ''],
    ['01 06 0a aa 00 3e 2b e3', ''],
  ])('%s → %s', async (request, answer) => {
    const { frame } = talk()
    expect(await frame(request)).toBe(answer)
  })

  it('84.7 is 66 66 42 a9, low word first, by functions 3 and 4', async () => {
    const { hexAnswer, writeFloat } = talk()
    expect(await writeFloat(2782, 84.7)).toBeNull()
    expect(await hexAnswer(3, 0x0a, 0xde, 0, 2)).toBe('01 03 04 66 66 42 a9 f4 7a')
    expect(await hexAnswer(4, 0x0a, 0xde, 0, 2)).toMatch(/^01 04 04 66 66 42 a9 /)
  })

  it('the words of a high-low controller are the other way round', async () => {
    const { read, write } = talk({ wordOrder: 'highFirst' })
    expect(await write(2782, ...floatToWords(Math.fround(84.7), 'highFirst'))).toBeNull()
    expect(await read(2782, 2)).toEqual([0x42a9, 0x6666])
  })
})

describe('who it is', () => {
  it('says what the part number says', async () => {
    const { readText, readOne, read } = talk()
    expect(await readText(16, 15)).toBe('F4T1L1EAA4D2AAA')
    expect(await readOne(16536)).toBe(code.absoluteTemperature)
    expect(await readOne(16538)).toBe(code.relativeHumidity)
    expect([await readOne(6730), await readOne(14080), await readOne(1328)]).toEqual([15, 15, 15])
    expect(await read(14, 2)).toEqual([0x869f, 1])
    expect(await talk({ hardware: '1.0' }).read(14, 2)).not.toEqual([0x869f, 1])
    expect(await talk({ serial: '70001' }).read(12, 2)).toEqual([70_001 - 65_536, 1])
  })

  it('has no more than is fitted', async () => {
    const { readOne } = talk({ partNumber: 'F4T1L1AAA4D1AAA', limits: '3' })
    expect(await readOne(2730)).toBe(code.auto)
    expect(await readOne(2890)).toBe(-2)
    expect(await readOne(4010)).toBe(-2)
    expect(await readOne(16568)).toBe(-2)
    expect(await readOne(1356 + 500)).toBe(code.none)
    expect(await readOne(1356 + 600)).toBe(-2)
    expect([await readOne(11250 + 60 * 2), await readOne(11250)]).toEqual([code.none, -2])
    expect([await readOne(33718), await readOne(33718 + 4 * 40)]).toEqual([code.off, -4])
  })

  it('takes no set-point beyond its limits, no mode that isn’t, nothing that can only be read', async () => {
    const { writeFloat, write, readFloat } = talk()
    expect([await writeFloat(2782, 191), await writeFloat(2782, -76), await writeFloat(2782, NaN)]).toEqual([3, 3, 3])
    expect(await readFloat(2782)).toBe(23)
    expect([await write(2730, 99), await write(2820, 1, 2), await write(2782, 1)]).toEqual([3, 2, 3])
    expect(await writeFloat(2776, 100)).toBeNull()
    expect(await writeFloat(2782, 101)).toBe(3)
  })

  it('keeps text, messages and the clock', async () => {
    const { read, write, readText } = talk()
    expect(await write(46, ...[...'Chamber 7'].map((each) => each.charCodeAt(0)), 0)).toBeNull()
    expect(await readText(46, 32)).toBe('Chamber 7')
    expect(await read(14664, 12)).toEqual([9, 0, 0, 0, expect.any(Number), 0, 1, 0, 5, 0, 2026, 0])
    expect(await write(14664, 15)).toBeNull()
    expect((await read(14664))[0]).toBe(15)
    expect(await write(14666, 75)).toBe(3)
  })
})

describe('operation', () => {
  it('a key switches over, and the air follows', async () => {
    const { readOne, write, writeFloat, wait, bench, readFloat } = talk()
    await writeFloat(2782, 60)
    expect([await readOne(33718), await readOne(2814), bench.chamber.workingTemperatureC()]).toEqual([62, 62, null])
    await write(6850, code.keyDown)
    expect([await readOne(33718), await readOne(6844), await readOne(2814)]).toEqual([63, 63, 10])
    await wait(60)
    expect(await readFloat(2820)).toBeCloseTo(60, 0)
    await write(6850, code.keyUp)
    expect(await readOne(33718)).toBe(63)
    await write(6850, code.keyDown)
    expect([await readOne(33718), bench.chamber.workingTemperatureC()]).toEqual([62, null])
  })

  it('a key that is held, an event, or nothing may switch instead', async () => {
    const held = talk({ keyHolds: 'yes', switch: 'key2' })
    await held.write(6870, code.keyDown)
    await held.write(6870, code.keyDown)
    expect(await held.readOne(33718)).toBe(63)
    await held.write(6870, code.keyUp)
    expect(await held.readOne(33718)).toBe(62)
    const event = talk({ switch: 'event3', runOutput: '2.3' })
    await event.write(16598, 63)
    expect([await event.readOne(33718 + 240 + 80), await event.readOne(33718)]).toEqual([63, 62])
    const none = talk({ switch: 'none' })
    await none.writeFloat(2782, 40)
    expect(none.bench.chamber.workingTemperatureC()).not.toBeNull()
  })

  it('has humidity where its loop is on, and its event where it has one', async () => {
    const { write, writeFloat, wait, bench, readOne } = talk({ humidityEvent: '2' })
    await write(6850, code.keyDown)
    await writeFloat(2942, 80)
    await write(2890, code.auto)
    expect(await readOne(2974)).toBe(62)
    await write(16596, 63)
    expect(await readOne(2974)).toBe(10)
    await wait(60)
    expect(bench.chamber.humidityPercent()).toBeCloseTo(80, 0)
    await writeFloat(2782, -20)
    await wait(120)
    expect(bench.chamber.humidityPercent()).toBeLessThan(25)
  })

  it('speaks Fahrenheit where it is set to', async () => {
    const { readFloat, writeFloat, write, wait, bench } = talk({ unitOfTemperature: 'F' })
    expect(await readFloat(2776)).toBeCloseTo(374, 3)
    await writeFloat(2782, 212)
    await write(6850, code.keyDown)
    await wait(90)
    expect(bench.chamber.temperatureC()).toBeCloseTo(100, 0)
    expect(await readFloat(2820)).toBeCloseTo(212, 0)
  })

  it('a cascade has two set-points and two values', async () => {
    const { readFloat, readOne, writeFloat, write } = talk({ partNumber: 'F4T1L1EAA4D7AAA' })
    await writeFloat(4042, 60)
    expect(await readFloat(4190)).toBe(60)
    expect(await readFloat(4188)).toBeCloseTo(75, 0)
    expect([await readOne(4200), await readOne(2730), await readOne(16536), await readOne(16538)]).toEqual([
      62,
      62,
      code.absoluteTemperature,
      code.relativeHumidity,
    ])
    await write(4200, 63)
    expect(await readFloat(4188)).toBe(60)
  })
})

describe('profiles', () => {
  const step = (number: number): number => 19094 + 170 * (number - 1)

  it('are written step by step, and run', async () => {
    const { write, writeFloat, readOne, readFloat, read, wait, bench, readText } = talk()
    await write(18888, 9)
    expect(await readOne(18920)).toBe(0)
    await write(18890, code.add)
    await write(18606, ...[...'MINE'].map((each) => each.charCodeAt(0)), 0)
    await write(step(1), code.rampTime)
    await write(step(1) + 4, 30)
    await writeFloat(step(1) + 20, 60)
    await write(step(2), code.soak)
    await write(step(2) + 4, 10)
    await write(step(2) + 44, code.on)
    await write(step(2) + 52, code.on)
    await write(step(3), code.jump)
    await write(step(3) + 8, 2, 0, 1)
    await write(step(4), code.end)
    await write(step(4) + 76, code.hold)
    expect([await readOne(18920), await readText(16886 + 8 * 40, 20)]).toEqual([4, 'MINE'])
    for (const [address, value] of [
      [16558, 9],
      [16560, 1],
      [16562, code.start],
    ] as const)
      expect(await write(address, value)).toBeNull()
    expect([await readOne(16568), await readOne(16588), await readOne(16590)]).toEqual([149, 9, 1])
    await wait(15)
    expect(await readFloat(2810)).toBeCloseTo(42, 0)
    await wait(17)
    expect([await readOne(16590), await readOne(16594)]).toEqual([2, 63])
    await wait(5)
    const [seconds, , minutes] = await read(16622, 5)
    expect(minutes! * 60 + seconds!).toBeGreaterThan(120)
    expect(minutes).toBeLessThan(9)
    await wait(25)
    expect(await readOne(16568)).toBe(code.complete)
    expect(await readFloat(2782)).toBe(60)
    expect(bench.chamber.temperatureC()).toBeCloseTo(60, 0)
  })

  it('pause, resume, terminate', async () => {
    const { write, readOne, wait, readFloat } = talk()
    await write(16558, 1)
    await write(16562, code.start)
    await wait(20)
    await write(16566, code.pause)
    const held = await readFloat(2810)
    await wait(60)
    expect([await readOne(16568), await readFloat(2810)]).toEqual([146, held])
    await write(16564, code.resume)
    expect(await readOne(16568)).toBe(149)
    await write(16566, code.terminate)
    expect([await readOne(16568), await readFloat(2810)]).toEqual([253, 23])
    expect(await readOne(33718)).toBe(63)
  })

  it('don’t start where there is none, and aren’t edited while the panel does that', async () => {
    const { write, readOne, options } = talk()
    await write(16558, 20)
    expect(await write(16562, code.start)).toBe(3)
    expect(await readOne(16568)).toBe(251)
    options['fault'] = 'profile-busy'
    expect([await write(18888, 1), await write(16562, code.start)]).toEqual([6, 6])
    options['fault'] = ''
    await write(18888, 1)
    expect(await write(18890, code.delete)).toBeNull()
    expect([await readOne(18920), await write(19094, 87)]).toEqual([0, 3])
  })

  it('wait until the air is there', async () => {
    const { write, writeFloat, readOne, wait } = talk()
    await write(18888, 9)
    await write(18890, code.add)
    await write(step(1), code.instant)
    await writeFloat(step(1) + 20, 50)
    await write(step(2), code.wait)
    await write(step(2) + 28, code.above)
    await writeFloat(step(2) + 30, 49)
    await write(step(3), code.end)
    await write(16558, 9)
    await write(16562, code.start)
    await wait(1)
    expect([await readOne(16590), await readOne(16568)]).toEqual([2, 149])
    await wait(40)
    expect(await readOne(16568)).toBe(252)
  })

  it('last a thousand hours without work in between', async () => {
    const { write, wait, readOne, bench } = talk()
    await write(16558, 1)
    await write(16562, code.start)
    const startMs = performance.now()
    await wait(60 * 1000)
    expect(performance.now() - startMs).toBeLessThan(30_000)
    expect(await readOne(16568)).toBe(252)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })
})
