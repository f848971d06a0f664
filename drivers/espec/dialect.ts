/** How the controllers of the family differ; facts with their sources are in the READMEs of the drivers. */
export interface EspecDialect {
  name: 'P-300' | 'SCP-220' | 'ES-102'
  /** `MODE?,DETAIL`: whether a program is paused or has ended can be asked. */
  hasDetail: boolean
  /** `ROM?,DISP`: the version of the display unit. */
  hasDisplayRom: boolean
  /** What stands in front of a program's number: `RAM:1`. */
  programWord: 'RAM' | 'PGM'
  ramPrograms: number
  /** Programs that can only be read; numbered behind the others. */
  romPrograms: number
  mostSteps: number
  counters: 1 | 2
  /** `PRGM MON?` begins with the program's number. */
  saysProgram: boolean
  /** Starts at a step, pauses and goes on; otherwise `MODE,RUN1` is all there is. */
  hasProgramControl: boolean
  /** Silence behind a command that the network guide asks for. */
  pauseMs: ((command: string) => number) | null
}

/** “Network Guide RS-485, RS-232C, GPIB”, chapter 3: longer behind settings, and longest behind those of programs. */
const guidePauseMs = (command: string): number => {
  const isProgram = command.includes('PRGM')
  if (command.includes('?')) return isProgram ? 500 : 300
  return isProgram ? 1000 : 500
}

export const p300: EspecDialect = {
  name: 'P-300',
  hasDetail: true,
  hasDisplayRom: true,
  programWord: 'RAM',
  ramPrograms: 40,
  romPrograms: 0,
  mostSteps: 99,
  counters: 2,
  saysProgram: false,
  hasProgramControl: true,
  pauseMs: null,
}

export const scp220: EspecDialect = {
  ...p300,
  name: 'SCP-220',
  hasDetail: false,
  hasDisplayRom: false,
  ramPrograms: 20,
  romPrograms: 10,
  pauseMs: guidePauseMs,
}

export const es102: EspecDialect = {
  ...scp220,
  name: 'ES-102',
  programWord: 'PGM',
  ramPrograms: 1,
  romPrograms: 0,
  mostSteps: 9,
  counters: 1,
  saysProgram: true,
  hasProgramControl: false,
}

/** `RAM:3`, or `ROM:25` for one that can only be read. */
export const programName = (dialect: EspecDialect, program: number): string =>
  `${program > dialect.ramPrograms ? 'ROM' : dialect.programWord}:${program}`

/**
 * Which of them a controller is, by its version text and `TYPE?`; null for one that is none of them. The bench-top
 * controller S2 (SH and SU chambers) speaks as an SCP-220 does.
 */
export function dialectOf(rom: string, controller: string): EspecDialect | null {
  const type = controller.toUpperCase().replaceAll(/[\s-]/g, '')
  if (/^P3/i.test(rom) || type === 'P300') return p300
  if (type === 'ES102') return es102
  return type === 'SCP220' || type === 'S2' ? scp220 : null
}
