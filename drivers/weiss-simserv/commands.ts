/** Commands of SimServ, and the answer codes. Sources are in the README. */
export const separator = '¶'

export const chamber = { info: '99997', status: '10012' } as const

/** Control variables: temperature and humidity. */
export const variable = {
  count: '11018',
  name: '11026',
  unit: '11023',
  setSetpoint: '11001',
  getSetpoint: '11002',
  actual: '11004',
  inputMinimum: '11007',
  inputMaximum: '11009',
  warningMinimum: '11016',
  warningMaximum: '11017',
  alarmMinimum: '11014',
  alarmMaximum: '11015',
} as const

export const gradient = { getUp: '11066', setUp: '11068', getDown: '11070', setDown: '11072' } as const

export const controlValue = {
  count: '13007',
  name: '13011',
  unit: '13010',
  get: '13005',
  set: '13006',
  minimum: '13002',
  maximum: '13004',
} as const

export const measured = {
  count: '12012',
  name: '12019',
  unit: '12016',
  actual: '12002',
  alarmMinimum: '12008',
  alarmMaximum: '12009',
  warningMinimum: '12010',
  warningMaximum: '12011',
} as const

export const digitalIn = { count: '15004', name: '15005', value: '15002' } as const

/** Names are asked for by the number of the output, states by that number plus one: state 1 is the start of manual mode. */
export const digitalOut = { count: '14007', name: '14010', get: '14003', set: '14001' } as const
export const manualMode = 1

export const message = {
  count: '17002',
  text: '17007',
  type: '17005',
  category: '17111',
  status: '17009',
  reset: '17012',
} as const
export const messageType = { alarm: 1, warning: 2, info: 4 } as const

export const program = {
  number: '19204',
  name: '19031',
  start: '19014',
  stop: '19015',
  control: '19209',
  status: '19210',
  setLoops: '19003',
  getLoops: '19004',
  loopsDone: '19006',
  /** Sources disagree on which of the two sets and which gets. */
  startDate: ['19207', '19208'],
  leadTime: ['19009', '19010'],
  activeTime: '19021',
} as const
export const programControl = { pause: '2', resume: '4' } as const
export const programBit = { run: 1, pause: 2, waitForActual: 4, stopped: 8, waitForStart: 16, pausedByPlc: 32 } as const

/** Bits of 10012; the lowest is always set. */
export const statusBit = { present: 1, running: 2, warning: 4, alarm: 8 } as const

export const ok = 1
export const refusal = { notAvailable: -4, unknownCommand: -5, parameters: -6, cannotRead: -8 } as const
export const refusalText: Readonly<Record<number, string>> = {
  [-4]: 'the test system is not available',
  [-5]: 'the command is not known',
  [-6]: 'too few or incorrect parameters',
  [-8]: 'the data could not be read',
}
