import type { LoadDialect } from '../scpi/loadDialect.ts'

const zero = /^[+-]?0*\.?0*(E[+-]?\d+)?$/i

/** Commands of the 63200A and 63600 (client library PythonEquipmentDrivers; 63200A manual, chapter 4). */
export const dialectOf = (of: { channel: number | null; isRs232: boolean }): LoadDialect => ({
  channels: '',
  start: [...(of.isRs232 ? ['CONF:REM ON'] : []), ...(of.channel === null ? [] : [`CHAN ${of.channel}`])],
  end: of.isRs232 ? ['CONF:REM OFF'] : [],
  // The 63206A answers in words, older firmware in digits.
  load: { command: 'LOAD', on: 'ON', off: 'OFF', onReads: /^(1|ON)$/i, offReads: /^(0|OFF)$/i },
  short: { command: 'LOAD:SHOR', off: 'OFF', offReads: /^(0|OFF)$/i },
  mode: {
    command: 'MODE',
    words: {
      cc: { word: 'CCH', reads: /^CC[LMH]$/ },
      cv: { word: 'CVH', reads: /^CV[LMH]$/ },
      cr: { word: 'CRH', reads: /^CR[LMH]$/ },
      cp: { word: 'CPH', reads: /^CP[LMH]$/ },
    },
  },
  levels: {
    currentA: 'CURR:STAT:L1',
    voltageV: 'VOLT:STAT:L1',
    resistanceOhm: 'RES:STAT:L1',
    powerW: 'POW:STAT:L1',
    currentLimitA: 'VOLT:STAT:ILIM',
  },
  measure: { voltage: 'MEAS:VOLT?', current: 'MEAS:CURR?' },
  sweepModes: ['CVL', 'CVM', 'CVH'],
  leastVoltage: 'VOLT:STAT:L1? MIN',
  mostVoltage: 'VOLT:STAT:L1? MAX',
  // Below Von the load would open.
  beforeSweep: [{ command: 'CONF:VOLT:ON', word: '0', reads: zero }],
  sense: null,
  // Sources disagree about the bits of these series (README): the number is told as it is.
  protection: { query: 'LOAD:PROT', clear: 'LOAD:PROT:CLE', bits: {} },
})
