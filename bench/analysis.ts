import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fitSandiaSimple } from '../src/analysis/diode/fitSandiaSimple.ts'
import { fitSingleDiode } from '../src/analysis/diode/fitSingleDiode.ts'
import { currentA, keyPoints, type SingleDiode } from '../src/analysis/diode/singleDiode.ts'
import { extractIv } from '../src/analysis/iv/extract.ts'
import { describeValues } from '../src/analysis/statistics/descriptive.ts'
import { createRandom } from '../src/base/random.ts'
import { messageOf } from '../src/contract/errors.ts'
import type { IvCurve } from '../src/contract/curve.ts'

const POINTS = 200
const CURVES = 60
const TOLERANCE = 1e-10
const SAMPLES = 1_000_000
const ROUNDS = 5
const here = fileURLToPath(new URL('.', import.meta.url))

const truth: SingleDiode = {
  photocurrentA: 9.2,
  saturationCurrentA: 5e-10,
  seriesResistanceOhm: 0.35,
  shuntConductanceS: 1 / 400,
  modifiedIdealityV: 1.7,
}

/** The same seeded curves for every peer: 0.1 % of Isc and 0.03 % of Voc of noise. */
const makeCurves = (): IvCurve[] => {
  const { vocV, iscA } = keyPoints(truth)!
  const random = createRandom(20261122)
  return Array.from({ length: CURVES }, (_x, n) => {
    const exact = Array.from({ length: POINTS }, (_y, k) => (vocV * k) / (POINTS - 1))
    return {
      id: String(n),
      voltageV: exact.map((v) => v + 0.0003 * vocV * random.normal()),
      currentA: exact.map((v) => currentA(truth, v) + 0.001 * iscA * random.normal()),
      irradianceWPerM2: 1000,
      temperatureC: 25,
    }
  })
}

/** CPU seconds of all threads of this process since the mark: what others do on the machine does not count. */
const cpuSeconds = (mark: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(mark)
  return (user + system) / 1e6
}

const perCpuSecond = (curves: readonly IvCurve[], work: (curve: IvCurve) => unknown): number => {
  let done = 0
  const mark = process.cpuUsage()
  while (cpuSeconds(mark) < 0.5) {
    for (const curve of curves) work(curve)
    done += curves.length
  }
  return done / cpuSeconds(mark)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

/** The problem that the peers solve: current residuals of equal weight, MINPACK’s three stopping tests at 1e-10. */
const peerOptions = {
  cellsInSeries: 60,
  voltageNoiseRatio: 0,
  solver: { relativeCost: TOLERANCE, relativeStep: TOLERANCE, gradientCosine: TOLERANCE },
}

type Peer = { fitsPerSecond: number; sumsOfSquares: number[]; version: string; statisticsMs?: number }
type Absent = { absent: string }

const startsOf = (curves: readonly IvCurve[]): number[][] =>
  curves.map((curve) => {
    const d = fitSandiaSimple(curve).parameters!
    const lnI0 = Math.log(d.saturationCurrentA)
    return [d.photocurrentA, lnI0, d.seriesResistanceOhm, d.shuntConductanceS, d.modifiedIdealityV]
  })

const scipyPeer = (curves: readonly IvCurve[], starts: number[][]): Peer | Absent => {
  const python = '/usr/bin/python3'
  if (!existsSync(python)) return { absent: `${python} does not exist` }
  const task = {
    curves: curves.map((c, n) => ({ v: c.voltageV, i: c.currentA, start: starts[n] })),
    tolerance: TOLERANCE,
    samples: SAMPLES,
  }
  // One thread, like this process: NumPy's own threads would not be one core.
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const run = spawnSync(python, [join(here, 'peers/singleDiode.py')], { input: JSON.stringify(task), env })
  if (run.status !== 0) return { absent: `python3-scipy: ${lastLine(String(run.stderr)) || messageOf(run.error)}` }
  return JSON.parse(String(run.stdout)) as Peer
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** Builds the C peer once; the folder is the caller's to remove. */
const buildC = (folder: string): string | Absent => {
  const program = join(folder, 'singleDiode')
  const source = join(here, 'peers/singleDiode.c')
  const include = '-I/usr/include/cminpack-1'
  const build = spawnSync('gcc', ['-O2', include, source, '-lcminpack', '-lm', '-o', program])
  if (build.error) return { absent: `gcc: ${messageOf(build.error)}` }
  return build.status === 0 ? program : { absent: `gcc with libcminpack-dev: ${lastLine(String(build.stderr))}` }
}

const cPeer = (program: string, curves: readonly IvCurve[], starts: number[][]): Peer => {
  const numbers = curves.flatMap((c, n) => [...starts[n]!, ...c.voltageV.flatMap((v, k) => [v, c.currentA[k]!])])
  const input = `${curves.length} ${POINTS} ${TOLERANCE} 30 ${numbers.join(' ')}`
  const [fitsPerSecond, ...sumsOfSquares] = execFileSync(program, { input }).toString().trim().split(' ').map(Number)
  return { fitsPerSecond: fitsPerSecond!, sumsOfSquares, version: 'lmder, gcc -O2' }
}

const statisticsMs = (): number => {
  const random = createRandom(1)
  const samples = Float64Array.from({ length: SAMPLES }, () => random.normal())
  const mark = process.cpuUsage()
  describeValues(samples)
  return cpuSeconds(mark) * 1000
}

/** How far a peer's sum of squares is from ours at worst: shows that both solved the same problem to the end. */
const disagreement = (ours: readonly number[], theirs: readonly number[]): number =>
  theirs.reduce((worst, s, k) => Math.max(worst, Math.abs(s / ours[k]! - 1)), 0)

const summarise = (rounds: (Peer | Absent)[], ours: { rates: number[]; squares: number[] }): object => {
  const ran = rounds.filter((r): r is Peer => !('absent' in r))
  if (ran.length === 0) return rounds[0] ?? { absent: 'not run' }
  return {
    version: ran[0]!.version,
    fitsPerSecond: Math.round(median(ran.map((r) => r.fitsPerSecond))),
    oursOverPeer: Number(median(ran.map((r, k) => ours.rates[k]! / r.fitsPerSecond)).toFixed(2)),
    sumOfSquaresDisagreement: disagreement(ours.squares, ran[0]!.sumsOfSquares),
  }
}

/**
 * Speed of the analysis per second of CPU time: single-diode fits of 200 noisy points and extractions per second, statistics of
 * 1 M samples; beside them SciPy and C (cminpack) on the same curves, starts and stopping rule, where present.
 * Ours counts everything that `fitSingleDiode` does (sorting, start, flags, uncertainty), the peers the solver alone.
 */
export async function bench(): Promise<object> {
  const curves = makeCurves()
  const starts = startsOf(curves)
  const squares = curves.map((c) => fitSingleDiode(c, peerOptions).rmsA! ** 2 * POINTS)
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-bench-'))
  try {
    const program = buildC(folder)
    const rounds = Array.from({ length: ROUNDS }, () => ({
      same: perCpuSecond(curves, (c) => fitSingleDiode(c, peerOptions)),
      c: typeof program === 'string' ? cPeer(program, curves, starts) : program,
      usual: perCpuSecond(curves, (c) => fitSingleDiode(c, { cellsInSeries: 60 })),
      extraction: perCpuSecond(curves, (c) => extractIv(c)),
      statistics: statisticsMs(),
      scipy: scipyPeer(curves, starts),
    }))
    return report(rounds, squares)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Round {
  same: number
  usual: number
  extraction: number
  statistics: number
  c: Peer | Absent
  scipy: Peer | Absent
}

const report = (rounds: readonly Round[], squares: number[]): object => {
  const ours = { rates: rounds.map((r) => r.same), squares }
  const numpyMs = rounds.flatMap((r) => ('absent' in r.scipy ? [] : [r.scipy.statisticsMs!]))
  return {
    problem: `${CURVES} curves of ${POINTS} points, ${ROUNDS} rounds, medians, per second of CPU time; Node ${process.version}`,
    singleDiode: {
      fitsPerSecond: Math.round(median(rounds.map((r) => r.usual))),
      fitsPerSecondCurrentOnly: Math.round(median(ours.rates)),
      scipy: summarise(
        rounds.map((r) => r.scipy),
        ours,
      ),
      cminpack: summarise(
        rounds.map((r) => r.c),
        ours,
      ),
    },
    extraction: { curvesPerSecond: Math.round(median(rounds.map((r) => r.extraction))) },
    statistics: {
      samples: SAMPLES,
      milliseconds: Number(median(rounds.map((r) => r.statistics)).toFixed(1)),
      numpyMilliseconds: numpyMs.length > 0 ? Number(median(numpyMs).toFixed(1)) : null,
    },
  }
}
