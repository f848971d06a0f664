import type { LoadDialect } from '../scpi/loadDialect.ts'

const zero = /^[+-]?0*\.?0*(E[+-]?\d+)?$/i

/** Commands of the 6310 (manual, chapter 7); protection bits of table 8-1. */
export const dialectOf = (channel: number): LoadDialect => ({
  channels: '',
  // RS-232 hears nothing else before (section 5.4); over GPIB it has no effect.
  start: ['CONF:REM ON', `CHAN ${channel}`],
  end: ['CONF:REM OFF'],
  load: { command: 'LOAD', on: 'ON', off: 'OFF', onReads: /^(1|ON)$/i, offReads: /^(0|OFF)$/i },
  short: { command: 'LOAD:SHOR', off: 'OFF', offReads: /^(0|OFF)$/i },
  mode: {
    command: 'MODE',
    words: {
      cc: { word: 'CCH', reads: /^CCH$/ },
      cv: { word: 'CV', reads: /^CV$/ },
      cr: { word: 'CRH', reads: /^CRH$/ },
    },
  },
  levels: { currentA: 'CURR:STAT:L1', voltageV: 'VOLT:L1', resistanceOhm: 'RES:L1', currentLimitA: 'VOLT:CURR' },
  measure: { voltage: 'MEAS:VOLT?', current: 'MEAS:CURR?' },
  sweepModes: ['CV'],
  leastVoltage: 'VOLT:L1? MIN',
  mostVoltage: 'VOLT:L1? MAX',
  beforeSweep: [
    // Below Von the load would open.
    { command: 'CONF:VOLT:ON', word: '0', reads: zero },
    // In fast response a module with much capacitance makes the regulator swing.
    { command: 'VOLT:MODE', word: 'SLOW', reads: /^(0|SLOW)$/i },
  ],
  sense: {
    command: 'MEAS:INP',
    remote: 'UUT',
    local: 'LOAD',
    remoteReads: /^(1|UUT)$/i,
    localReads: /^(0|LOAD)$/i,
  },
  protection: {
    query: 'LOAD:PROT',
    clear: 'LOAD:PROT:CLE',
    bits: { 1: 'over-current', 2: 'over-voltage', 4: 'over-power', 8: 'reverse voltage', 16: 'over-temperature' },
  },
})
