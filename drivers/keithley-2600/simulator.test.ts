import { describe, expect, it } from 'vitest'
import { openLine } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => openLine(driver, simulator, { options })

describe('the language', () => {
  it.each([
    ['print(1 + 2 * 3 ^ 2 - 4 / 2)', '1.70000e+01'],
    ['print(-2 ^ 2, 7 % 3, -7 % 3)', '-4.00000e+00\t1.00000e+00\t2.00000e+00'],
    ['print("a" .. "b" .. 1, #"four")', 'ab1\t4.00000e+00'],
    ['print(1 < 2, "a" >= "b", 1 == 1.0, nil ~= false)', 'true\tfalse\ttrue\ttrue'],
    ['print(nil and 1, nil or "x", not nil, 0 and "zero")', 'nil\tx\ttrue\tzero'],
    [
      't = {10, 20, 30, name = "n", [7] = "seven"} print(#t, t[2], t.name, t[7], t[9])',
      '3.00000e+00\t2.00000e+01\tn\tseven\tnil',
    ],
    ['local a, b = 1, 2 a, b = b, a print(a, b)', '2.00000e+00\t1.00000e+00'],
    ['local s = 0 for i = 10, 1, -3 do s = s + i end print(s)', '2.20000e+01'],
    ['local n = 0 while true do n = n + 1 if n == 5 then break end end print(n)', '5.00000e+00'],
    ['if 1 > 2 then print("a") elseif 2 > 1 then print("b") else print("c") end', 'b'],
    ['function twice(x) return x * 2, x end print(twice(4))', '8.00000e+00\t4.00000e+00'],
    [
      'print(math.floor(2.7), math.max(1, 5, 3), string.format("%.2f %d", 1.234, 7))',
      '2.00000e+00\t5.00000e+00\t1.23 7',
    ],
    [
      'print(string.sub("abcd", 2, 3), string.sub("abcd", -2), string.len("abc"), string.upper("a"))',
      'bc\tcd\t3.00000e+00\tA',
    ],
    [
      'print(smua.measure.filter.count, smua.measure.rel.levelv, status.measurement.condition)',
      '1.00000e+00\t0.00000e+00\t0.00000e+00',
    ],
    ['print(1e-9, 0x1F, .5) -- a comment', '1.00000e-09\t3.10000e+01\t5.00000e-01'],
  ])('%s', async (line, answer) => {
    expect(await (await setUp()).ask(line)).toBe(answer)
  })

  it.each([
    ['print((', /^-2\.85000e\+02\tTSP Syntax error/],
    ['x = = 1', /^-2\.85000e\+02\tTSP Syntax error/],
    ['print(nowhere.field)', /^-2\.86000e\+02\tTSP Runtime error.*index a nil value/],
    ['nothing()', /^-2\.86000e\+02\tTSP Runtime error.*call a nil value/],
    ['print(1 + {})', /^-2\.86000e\+02\tTSP Runtime error.*arithmetic/],
    ['smua.source.levelv = 500', /^1\.10200e\+03\tParameter too big/],
    ['smua.source.func = 5', /^1\.10200e\+03\tParameter too big/],
    ['smua.nothing = 1', /^-2\.86000e\+02\tTSP Runtime error/],
    ['*FOO?', /^-1\.13000e\+02\tUndefined header/],
  ])('puts what is wrong with “%s” into the error queue', async (line, entry) => {
    const { ask, tell } = await setUp()
    await tell(line)
    expect(await ask('print(errorqueue.count)')).toBe('1.00000e+00')
    expect(await ask('print(errorqueue.next())')).toMatch(entry)
    expect(await ask('print(errorqueue.next())')).toBe('0.00000e+00\tQueue Is Empty\t0.00000e+00\t1.00000e+00')
  })

  it('keeps scripts between loadscript and endscript', async () => {
    const { ask, tell } = await setUp()
    await tell('loadscript sum', 'local s = 0', 'for i = 1, 4 do', '  s = s + i', 'end', 'print(s)', 'endscript')
    expect(await ask('sum()')).toBe('1.00000e+01')
    expect(await ask('sum.run()')).toBe('1.00000e+01')
  })

  it('runs a script without a name at its end, as QCoDeS sweeps, and prints what that prints', async () => {
    const { ask, tell } = await setUp()
    await tell('loadandrunscript', 'smua.nvbuffer1.clear() smua.nvbuffer1.appendmode = 1', 'for i = 1, 3 do')
    await tell('  smua.source.levelv = i', '  smua.measure.v(smua.nvbuffer1)', 'end', 'print(smua.nvbuffer1.n)')
    expect(await ask('endscript')).toBe('3.00000e+00')
    expect(await ask('print(errorqueue.count)')).toBe('0.00000e+00')
  })
})

it('answers the lines of pymeasure’s Keithley2600', async () => {
  const { ask, tell } = await setUp()
  expect(await ask('*IDN?')).toBe('Keithley Instruments Inc., Model 2651A, 4104567, 1.1.6')
  await tell(
    'smua.source.func=1',
    'smua.source.autorangev=1',
    'smua.source.limiti=1.500000',
    'smua.source.levelv=19.000000',
  )
  await tell('smua.sense=1', 'smua.measure.nplc=1.000000', 'smua.measure.autorangei=1', 'smua.source.output=1')
  expect(Number(await ask('print(smua.source.output)'))).toBe(1)
  expect(Number(await ask('print(smua.source.func)'))).toBe(1)
  expect(Number(await ask('print(smua.measure.v())'))).toBeCloseTo(19, 2)
  const amperes = Number(await ask('print(smua.measure.i())'))
  expect(amperes).toBeCloseTo(-0.38, 1)
  expect(Number(await ask('print(smua.measure.r())'))).toBeCloseTo(19 / amperes, 0)
  expect(Number(await ask('print(smua.source.limiti)'))).toBe(1.5)
  await tell('smua.source.output=0')
  expect(await ask('print(errorqueue.next())')).toMatch(/^0\.00000e\+00\tQueue Is Empty/)
})

it('answers the lines of basil’s keithley_2634b, both channels', async () => {
  const { ask, tell } = await setUp({ model: '2634B' })
  for (const smu of ['smua', 'smub']) {
    await tell(`${smu}.source.func = ${smu}.OUTPUT_DCVOLTS`, `${smu}.source.autorangev = ${smu}.AUTORANGE_ON`)
    await tell(`${smu}.source.limiti = 0.1`, `${smu}.sense = ${smu}.SENSE_REMOTE`, `${smu}.measure.rangei = 0.1`)
    await tell(
      `display.${smu}.measure.func = display.MEASURE_DCAMPS`,
      `${smu}.source.levelv = 5`,
      `${smu}.source.output = 1`,
    )
    expect(await ask(`print(${smu}.source.output)`)).toBe('1.00000e+00')
  }
  // Nothing is connected to channel B.
  expect(Number(await ask('print(smub.measure.i())'))).toBeCloseTo(0, 4)
  expect(Number(await ask('print(smua.measure.i())'))).toBeCloseTo(-0.1, 3)
  expect(await ask('print(smua.source.compliance)')).toBe('true')
  expect(await ask('print(errorqueue.count)')).toBe('0.00000e+00')
})

it('sweeps by its trigger model while it answers, and by the factory script', async () => {
  const { ask, tell, clock } = await setUp()
  await tell('smua.source.limiti = 4', 'smua.measure.delay = 0.05', 'smua.trigger.source.linearv(0, 10, 11)')
  await tell('smua.trigger.source.action = smua.ENABLE', 'smua.trigger.measure.iv(smua.nvbuffer1, smua.nvbuffer2)')
  await tell('smua.trigger.measure.action = smua.ENABLE', 'smua.trigger.count = 11', 'smua.source.output = 1')
  await tell('smua.trigger.initiate()')
  expect(await ask('print(status.operation.sweeping.condition)')).toBe('2.00000e+00')
  await clock.run(clock.sleep(500))
  const half = Number(await ask('print(smua.nvbuffer1.n)'))
  expect(half).toBeGreaterThan(1)
  expect(half).toBeLessThan(11)
  await tell('waitcomplete()')
  expect(
    (await ask('printbuffer(1, smua.nvbuffer1.n, smua.nvbuffer2, smua.nvbuffer1.sourcevalues)')).split(', '),
  ).toHaveLength(22)
  await tell('printbuffer(1, 12, smua.nvbuffer1)')
  expect(await ask('print(errorqueue.next())')).toMatch(/there is no reading 12/)
  await tell('SweepVLinMeasureI(smua, 0, 20, 0.01, 5)')
  const currents = (await ask('printbuffer(1, smua.nvbuffer1.n, smua.nvbuffer1.readings)')).split(', ').map(Number)
  expect(currents).toHaveLength(5)
  expect(currents[0]).toBeCloseTo(-3, 1)
  expect(await ask('print(smua.source.output)')).toBe('0.00000e+00')
})

it('refuses what lies outside its operating area, and blocks above 42 V with the interlock open', async () => {
  const { ask, tell, bench } = await setUp({ model: '2612B' })
  await tell('smua.source.levelv = 150', 'smua.source.limiti = 1')
  expect(await ask('print(errorqueue.next())')).toMatch(/^5\.00700e\+03\t/)
  bench.interlock.set(false)
  await tell('smua.source.output = 1')
  expect(await ask('print(errorqueue.next())')).toMatch(/^8\.02000e\+02\tOUTPUT blocked by interlock/)
  expect(await ask('print(smua.source.output)')).toBe('0.00000e+00')
})

describe('what keithley2600 for Python needs', () => {
  it('tells what there is: globals, and getters, setters and objects of each part', async () => {
    const { ask } = await setUp({ model: '2636B' })
    const names: string[] = []
    for (let name = 'nil'; ; name = `'${names.at(-1)}'`) {
      const [found = '', value = ''] = (await ask(`print(next(_G, ${name}))`)).split('\t')
      if (found === 'nil') break
      expect(value).not.toBe('nil')
      names.push(found)
    }
    expect(names).toEqual(expect.arrayContaining(['smua', 'smub', 'trigger', 'status', 'display', 'localnode']))
    const metatable = 'mt = getmetatable(_G.smua.source)'
    expect(await ask(`${metatable} print(mt.Getters["levelv"], mt.Setters["levelv"])`)).toMatch(
      /^function: .*\tfunction: /,
    )
    expect(await ask(`${metatable} print(mt.Setters["compliance"], mt.Objects["compliance"])`)).toBe('nil\tnil')
    expect(await ask('print(next(getmetatable(smua.nvbuffer1).Getters, nil))')).toMatch(/^appendmode\tfunction: /)
    expect(await ask('print(getmetatable(smua.nvbuffer1).luatype)')).toBe('reading_buffer')
    expect(await ask('print(getmetatable({1, 2}))')).toBe('nil')
    expect(await ask('print(next({10, 20}, 1))')).toBe('2.00000e+00\t2.00000e+01')
    expect(await ask('print(errorqueue.count)')).toBe('0.00000e+00')
  })

  it('holds an armed sweep until *trg, and says which channels sweep', async () => {
    const { ask, tell, clock } = await setUp({ model: '2636B' })
    for (const smu of ['smua', 'smub']) {
      await tell(`_G.${smu}.trigger.source.listv({0, 1, 2, 3})`, `_G.${smu}.trigger.source.action = 1`)
      await tell(
        `_G.${smu}.trigger.measure.iv(_G.${smu}.nvbuffer1, _G.${smu}.nvbuffer2)`,
        `_G.${smu}.trigger.count = 4`,
      )
      await tell(`_G.${smu}.trigger.arm.stimulus = _G.trigger.EVENT_ID`, `_G.${smu}.source.output = 1`)
    }
    await tell('trigger.blender[1].orenable = true', 'trigger.blender[1].stimulus[1] = smua.trigger.ARMED_EVENT_ID')
    await tell('smua.trigger.source.stimulus = trigger.blender[1].EVENT_ID')
    await tell('smua.trigger.initiate()', 'smub.trigger.initiate()')
    await clock.run(clock.sleep(5000))
    expect(await ask('print(status.operation.sweeping.condition)')).toBe('0.00000e+00')
    await tell('*trg')
    expect(await ask('print(status.operation.sweeping.condition)')).toBe('6.00000e+00')
    await tell('waitcomplete()')
    expect(await ask('print(smub.nvbuffer1.n)')).toBe('4.00000e+00')
    expect(Number(await ask('print(smub.nvbuffer2.readings.getreading(4))'))).toBeCloseTo(3, 1)
    await tell('smua.trigger.initiate()', 'smua.trigger.initiate()')
    expect(await ask('print(errorqueue.next())')).toMatch(/^-2\.13000e\+02/)
    await tell('smua.abort()', 'waitcomplete()', 'display.smua.measure.func = display.MEASURE_OHMS')
    expect(await ask('print(display.smua.measure.func, beeper.beep(0.1, 500))')).toBe('2.00000e+00')
    expect(await ask('print(errorqueue.count)')).toBe('0.00000e+00')
  })
})

it('prints buffers as binary numbers in either order of bytes, as QCoDeS reads them', async () => {
  const { ask, tell } = await setUp()
  await tell('format.data = format.REAL32', 'format.byteorder = format.LITTLEENDIAN')
  expect(await ask('printnumber(1, 2)')).toBe('#0\0\0\x80?\0\0\0@')
  await tell('format.byteorder = format.NORMAL')
  expect(await ask('printnumber(1)')).toBe('#0?\x80\0\0')
  await tell('format.data = format.ASCII')
  expect(await ask('printnumber(1)')).toBe('1.00000e+00')
})
