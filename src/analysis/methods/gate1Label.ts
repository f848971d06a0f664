import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { gate1, type GateCondition, type LabValue } from '../decision/gates.ts'
import { readInputs } from './inputs.ts'

const value = z.number().nullable()
const inputs = z.object({
  pmaxW: value,
  vocV: value,
  iscA: value,
  ratedPmaxW: value,
  ratedVocV: value,
  ratedIscA: value,
  m1Percent: value,
  m2Percent: value,
  m3Percent: value,
  t1Percent: value,
  t2Percent: value,
  t3Percent: value,
})

const lab = (given: number | null, reason: string): LabValue => given ?? { value: null, reason }

/**
 * Gate No. 1 of IEC 61215-1:2021, 7.2.2, for one module: the judged value and the limit of each condition, for a
 * template's criteria. The condition on the mean of all modules needs all their runs and isn't judged here.
 */
export const gate1Label: AnalysisMethod = {
  id: 'iec61215.gate1',
  version: '1.0.0',
  run: (given) => {
    const read = readInputs('iec61215.gate1', inputs, given)
    const result = gate1({
      modules: [
        {
          moduleId: 'module',
          pmaxW: lab(read.pmaxW, 'Pmax was not measured'),
          vocV: lab(read.vocV, 'Voc was not measured'),
          iscA: lab(read.iscA, 'Isc was not measured'),
        },
      ],
      nameplate: {
        pmax: lab(read.ratedPmaxW, 'no rated Pmax was given'),
        voc: lab(read.ratedVocV, 'no rated Voc was given'),
        isc: lab(read.ratedIscA, 'no rated Isc was given'),
      },
      uncertaintyPercent: {
        pmax: lab(read.m1Percent, 'no m1 was given'),
        voc: lab(read.m2Percent, 'no m2 was given'),
        isc: lab(read.m3Percent, 'no m3 was given'),
      },
      tolerancePercent: {
        pmax: lab(read.t1Percent, 'no t1 was given'),
        voc: lab(read.t2Percent, 'no t2 was given'),
        isc: lab(read.t3Percent, 'no t3 was given'),
      },
    })
    const condition = (id: GateCondition['id']) => result.conditions.find((each) => each.id === id)
    return {
      pmaxValueW: condition('pmaxEach')?.judgedValue ?? null,
      pmaxLimitW: condition('pmaxEach')?.limitValue ?? null,
      vocValueV: condition('voc')?.judgedValue ?? null,
      vocLimitV: condition('voc')?.limitValue ?? null,
      iscValueA: condition('isc')?.judgedValue ?? null,
      iscLimitA: condition('isc')?.limitValue ?? null,
      formulas: ['pmaxEach', 'voc', 'isc'].map((id) => condition(id as GateCondition['id'])?.formula ?? null),
      cautions: result.cautions,
    }
  },
}
