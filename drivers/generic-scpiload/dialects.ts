import type { LoadDialect } from '../scpi/loadDialect.ts'

export type DialectName = 'plain' | 'itech' | 'rigol' | 'siglent' | 'keysight'

const on = /^(1|ON)$/i
const off = /^(0|OFF)$/i
/** Loads answer the mode by its word or by CC, CV, CR, CP. */
const modeReads = (word: string, letters: string): RegExp => new RegExp(`^"?(${word}[A-Z]*|${letters})"?$`, 'i')

const words: LoadDialect['mode']['words'] = {
  cc: { word: 'CURR', reads: modeReads('CURR', 'CC') },
  cv: { word: 'VOLT', reads: modeReads('VOLT', 'CV') },
  cr: { word: 'RES', reads: modeReads('RES', 'CR') },
  cp: { word: 'POW', reads: modeReads('POW', 'CP') },
}

/** Nothing but what SCPI itself names: no limit of the current in constant voltage, no protection that can be asked. */
const plain: LoadDialect = {
  channels: '',
  start: [],
  end: [],
  load: { command: 'INP', on: 'ON', off: 'OFF', onReads: on, offReads: off },
  short: null,
  mode: { command: 'FUNC', words },
  levels: { currentA: 'CURR', voltageV: 'VOLT', resistanceOhm: 'RES', powerW: 'POW' },
  measure: { voltage: 'MEAS:VOLT?', current: 'MEAS:CURR?' },
  sweepModes: ['VOLT'],
  leastVoltage: null,
  mostVoltage: null,
  beforeSweep: [],
  sense: null,
  protection: null,
}

/**
 * The questionable status of the loads that follow the N3300 (programming guide, status registers); bits 10 and up, such
 * as 1024 for “unregulated”, say nothing about protections but reverse and over-voltage.
 */
const questionableBits = {
  2: 'over-current',
  8: 'over-power',
  16: 'over-temperature',
  2048: 'reverse voltage',
  4096: 'over-voltage',
}

const itech: LoadDialect = {
  ...plain,
  start: ['SYST:REM'],
  end: ['SYST:LOC'],
  short: { command: 'INP:SHOR', off: 'OFF', offReads: off },
  levels: { ...plain.levels, currentLimitA: 'VOLT:LIM:CURR' },
  leastVoltage: 'VOLT? MIN',
  mostVoltage: 'VOLT? MAX',
  protection: { query: 'STAT:QUES:COND', clear: 'INP:PROT:CLE', bits: questionableBits },
}

const rigol: LoadDialect = {
  ...plain,
  load: { ...plain.load, command: ':SOUR:INP:STAT' },
  mode: { command: ':SOUR:FUNC', words },
  levels: {
    currentA: ':SOUR:CURR:LEV:IMM',
    voltageV: ':SOUR:VOLT:LEV:IMM',
    resistanceOhm: ':SOUR:RES:LEV:IMM',
    powerW: ':SOUR:POW:LEV:IMM',
    currentLimitA: ':SOUR:VOLT:ILIM',
  },
  measure: { voltage: ':MEAS:VOLT?', current: ':MEAS:CURR?' },
  leastVoltage: ':SOUR:VOLT:LEV:IMM? MIN',
  beforeSweep: [{ command: ':SOUR:VOLT:RANG', word: '150', reads: /^150(\.0*)?$/ }],
  sense: { command: ':SOUR:SENS', remote: 'ON', local: 'OFF', remoteReads: on, localReads: off },
}

const siglent: LoadDialect = {
  ...rigol,
  // No limit in constant voltage but the range: the sweep ends where more flows than it may.
  levels: {
    currentA: ':SOUR:CURR:LEV:IMM',
    voltageV: ':SOUR:VOLT:LEV:IMM',
    resistanceOhm: ':SOUR:RES:LEV:IMM',
    powerW: ':SOUR:POW:LEV:IMM',
  },
  measure: { voltage: 'MEAS:VOLT:DC?', current: 'MEAS:CURR:DC?' },
  leastVoltage: null,
  short: { command: ':SOUR:SHOR:STAT', off: 'OFF', offReads: off },
  beforeSweep: [
    { command: ':SOUR:VOLT:VRANG', word: '150', reads: /^150(\.0*)?$/ },
    { command: ':SOUR:VOLT:IRANG', word: '30', reads: /^30(\.0*)?$/ },
  ],
  sense: { command: 'SYST:SENS', remote: 'ON', local: 'OFF', remoteReads: on, localReads: off },
}

const keysight: LoadDialect = {
  ...itech,
  channels: '(@1)',
  start: [],
  end: [],
  levels: { ...plain.levels, currentLimitA: 'CURR:LIM' },
  measure: { voltage: 'MEAS:VOLT? (@1)', current: 'MEAS:CURR? (@1)' },
  leastVoltage: 'VOLT? MIN,(@1)',
  mostVoltage: 'VOLT? MAX,(@1)',
  sense: {
    command: 'VOLT:SENS',
    remote: 'EXT',
    local: 'INT',
    remoteReads: /^EXT/i,
    localReads: /^INT/i,
  },
  protection: { query: 'STAT:QUES:COND', clear: 'INP:PROT:CLE (@1)', bits: questionableBits },
}

export const dialects: Readonly<Record<DialectName, LoadDialect>> = { plain, itech, rigol, siglent, keysight }

/** Makers and models whose dialect is known. */
const families: readonly { dialect: DialectName; maker: RegExp; model: RegExp }[] = [
  { dialect: 'itech', maker: /^ITECH/i, model: /^IT8/i },
  { dialect: 'rigol', maker: /^RIGOL/i, model: /^DL30/i },
  { dialect: 'siglent', maker: /^SIGLENT/i, model: /^SDL1/i },
  { dialect: 'keysight', maker: /^(KEYSIGHT|AGILENT)/i, model: /^(EL3|N330)/i },
]

export const dialectFor = (maker: string, model: string): DialectName | null =>
  families.find((each) => each.maker.test(maker) && each.model.test(model))?.dialect ?? null
