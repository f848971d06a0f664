import { z } from 'zod'
import { createCanceller } from '../../../base/clock.ts'
import { StationError } from '../../../contract/errors.ts'
import type { SweepRequest } from '../../../contract/instrument.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import type { SweepRecording } from '../../acquisition/recorder.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

const schema = () =>
  z
    .strictObject({
      ...stepBaseShape,
      kind: z.literal('sweep'),
      direction: z.enum(['forward', 'reverse']).describe('forward: from short circuit to open circuit.'),
      source: z.string().describe('Role of the source that sweeps.'),
      irradiance: z.string().describe('Role of the sensor read along the sweep.'),
      temperature: z.string().describe('Role of the sensors read along the sweep.'),
      startV: valueRefSchema.describe('End of the sweep at short circuit (V).'),
      stopV: valueRefSchema.describe('End of the sweep at open circuit (V).'),
      points: valueRefSchema.describe('Points of the sweep.'),
      currentLimitA: valueRefSchema.describe('The source never lets more current flow (A).'),
      settleMs: valueRefSchema.describe('Wait before each point is measured (ms).'),
      nplc: valueRefSchema.describe('Integration time of each point, in power-line cycles.'),
    })
    .describe('Sweeps an I-V curve with four wires; every raw point and the sensors’ values along it are recorded.')
type Step = z.infer<ReturnType<typeof schema>>

const requestOf = (step: Step, context: StepContext): SweepRequest => {
  const low = context.number(step.startV, 'startV')
  const high = context.number(step.stopV, 'stopV')
  if (high <= low)
    throw new StationError('run.stepFailed', {
      step: step.id,
      detail: `the sweep’s end ${high} V is not above its start ${low} V`,
    })
  return {
    direction: step.direction,
    startV: step.direction === 'forward' ? low : high,
    stopV: step.direction === 'forward' ? high : low,
    points: context.number(step.points, 'points'),
    currentLimitA: context.number(step.currentLimitA, 'currentLimitA'),
    settleMs: context.number(step.settleMs, 'settleMs'),
    nplc: context.number(step.nplc, 'nplc'),
    fourWire: true,
  }
}

const irradianceEveryMs = 100
const temperatureEveryMs = 1000

export const stepKind = defineStepKind({
  kind: 'sweep',
  recovery: 'never',
  energises: (step) => [step.source],
  schema,
  run: async (step, context) => {
    await context.pausePoint()
    const [source] = context.held(step.source)
    const sweeper = source?.instrument.ivSource
    if (!source || !sweeper)
      throw new StationError('protocol.badRole', { role: step.source, detail: 'it can’t sweep I-V curves' })
    const request = requestOf(step, context)
    const lights = context.held(step.irradiance)
    const others = context.held(step.temperature).filter((each) => !lights.includes(each))
    // Before the sweep once: a sweep can be quicker than the slowest sensor.
    for (const sensor of [...lights, ...others]) await context.recorder.readSensor(sensor, context.signal)

    const done = createCanceller()
    const polls = Promise.all([
      context.recorder.poll(lights, { everyMs: irradianceEveryMs, until: done.signal }),
      context.recorder.poll(others, { everyMs: temperatureEveryMs, until: done.signal }),
    ])
    // Its failure (a full disk) is thrown at the end, where it is awaited; before that it must not end the process.
    polls.catch(() => undefined)
    let recording: SweepRecording | null = null
    try {
      recording = await context.recorder.startSweep({ stepId: context.path, direction: step.direction, source })
      await sweeper.sweep(request, recording.add, context.signal)
      await recording.complete()
    } finally {
      done.cancel(new Error('the sweep has ended'))
      await polls
      await recording?.settled()
    }
  },
})
