import { program, programBit, programControl, refusal } from './commands.ts'
import { readNumber, type Handler } from './handlers.ts'
import type { Panel } from './simulatedPanel.ts'

const names = ['TC 200 short', 'DH 85/85', 'HF 10 short']

/** A value that the sources set and get by either of two numbers: with a value it is set, without one read. */
const eitherWay = (initial: string): Handler => {
  let value = initial
  return (args) => {
    const given = args.at(-1)
    if (given === undefined || (args.length === 1 && /^1$/.test(given))) return [value]
    value = given
    return []
  }
}

function statusOf({ air }: Panel): number {
  const state = air.program.state()
  if (state === 'idle') return 0
  return programBit.run + (state === 'paused' ? programBit.pause : 0)
}

/** Loops: the first value is that of the whole program, the second that of loops within it. */
const loops =
  (whole: () => number): Handler =>
  (args) => {
    const values = [String(whole()), '0']
    const which = Number(args[0])
    return which === 1 || which === 2 ? [values[which - 1] ?? '0'] : values
  }

export function programCommands(panel: Panel): [string, Handler][] {
  const { air } = panel
  let wanted = 1
  const start: Handler = ([number, runs]) => {
    const at = { program: readNumber(number) ?? 0, step: 1, runs: readNumber(runs) ?? wanted }
    return air.program.start(at) ? [] : refusal.parameters
  }
  const control: Handler = (args) => {
    const what = args.at(-1)
    if (what === programControl.pause) air.program.pause()
    else if (what === programControl.resume) air.program.resume()
    else return refusal.parameters
    return []
  }
  const nameOf: Handler = ([number]) => {
    const name = names[(readNumber(number) ?? Math.max(1, air.program.number())) - 1]
    return name === undefined ? refusal.parameters : [name]
  }
  const setLoops: Handler = (args) => {
    const count = readNumber(args[0])
    if (count === null || count < 1) return refusal.parameters
    wanted = count
    return []
  }
  const startDate = eitherWay('2000-01-01-00-00-00')
  const leadTime = eitherWay('0')
  return [
    [program.number, () => [air.program.state() === 'idle' ? '0' : String(air.program.number())]],
    [program.name, nameOf],
    [program.start, start],
    [
      program.stop,
      () => {
        air.program.stop()
        return []
      },
    ],
    [program.control, control],
    [program.status, () => [String(statusOf(panel))]],
    [program.setLoops, setLoops],
    [program.getLoops, loops(() => Math.max(wanted, air.program.runs().wanted))],
    [program.loopsDone, loops(() => air.program.runs().done)],
    [program.activeTime, () => [String(Math.floor(air.program.elapsedS()))]],
    ...program.startDate.map((number): [string, Handler] => [number, startDate]),
    ...program.leadTime.map((number): [string, Handler] => [number, leadTime]),
  ]
}
