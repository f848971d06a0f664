import { describe, expect, it } from 'vitest'
import { createScpiInterpreter, type ScpiError } from './scpi.ts'

const createTree = () => {
  const calls: string[] = []
  const errors: ScpiError[] = []
  const record = (name: string) => ({
    set: (args: string[]) => void calls.push(`${name}(${args.join('|')})`),
    get: (args: string[]) => `${name}${args.join('|')}`,
  })
  const interpreter = createScpiInterpreter(
    {
      '*IDN': { get: () => 'ID' },
      '*CLS': record('cls'),
      ':SOURce[1]:VOLTage[:LEVel][:IMMediate][:AMPLitude]': record('level'),
      ':SOURce[1]:VOLTage:RANGe': record('range'),
      ':SOURce[1]:VOLTage:RANGe:AUTO': record('auto'),
      '[:SENSe[1]]:CURRent[:DC]:NPLCycles': record('nplc'),
      ':TRACe|DATA:FEED': record('feed'),
      ':CALCulate3:DATA': record('calc'),
      ':SYSTem:ERRor[:NEXT]': { get: () => 'none' },
      ':DISPlay:TEXT': record('text'),
    },
    (error) => errors.push(error),
  )
  return { calls, errors, interpreter }
}

describe('a SCPI command tree', () => {
  it.each([
    ':SOUR:VOLT 5',
    'sour:volt 5',
    ':SOURCE1:VOLTAGE:LEVEL:IMMEDIATE:AMPLITUDE 5',
    ':Source:Volt:Lev:Ampl 5',
    'SOUR1:VOLT:IMM 5',
  ])('takes %s', async (line) => {
    const { calls, errors, interpreter } = createTree()
    expect(await interpreter.execute(line)).toBeNull()
    expect(errors).toEqual([])
    expect(calls).toEqual(['level(5)'])
  })

  it.each([':SOURC:VOLT 5', ':SOUR:VOLT:RANG100', ':SOUR2:VOLT 5', ':SYST :ERR?', ':SYST:ERR 1', '*TRG', 'CALC:DATA?'])(
    'refuses %s with -113',
    async (line) => {
      const { calls, errors, interpreter } = createTree()
      await interpreter.execute(line)
      expect(errors.map((error) => error.code)).toEqual([-113])
      expect(calls).toEqual([])
    },
  )

  it('goes on from the branch of the command before, from the root after a colon', async () => {
    const { calls, errors, interpreter } = createTree()
    await interpreter.execute(':SOUR:VOLT:RANG 20;RANG:AUTO 0;:TRAC:FEED SENS;:DATA:FEED CALC;')
    expect(errors).toEqual([])
    expect(calls).toEqual(['range(20)', 'auto(0)', 'feed(SENS)', 'feed(CALC)'])
  })

  it('keeps the branch across common commands, and takes a colon before them', async () => {
    const { calls, errors, interpreter } = createTree()
    await interpreter.execute(':SOUR:VOLT:RANG 20;*CLS;:*CLS;RANG 2')
    expect(errors).toEqual([])
    expect(calls).toEqual(['range(20)', 'cls()', 'cls()', 'range(2)'])
  })

  it('joins the answers of one line and drops what follows an error', async () => {
    const { calls, errors, interpreter } = createTree()
    expect(await interpreter.execute('*IDN?;:CALC3:DATA?;:CURR:NPLC?')).toBe('ID;calc;nplc')
    expect(await interpreter.execute('*IDN?;:NO:SUCH 1;:SOUR:VOLT 1')).toBe('ID')
    expect(errors.map((error) => error.code)).toEqual([-113])
    expect(calls).toEqual([])
  })

  it('leaves separators inside quotes alone', async () => {
    const { calls, interpreter } = createTree()
    await interpreter.execute(`:DISP:TEXT "a;b,c", 'd"e'`)
    expect(calls).toEqual([`text("a;b,c"|'d"e')`])
  })
})
