import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lambertW0, lambertWOfExp } from './lambertW.ts'

// Reference values: mpmath 40 digits (mp.lambertw, and mp.findroot of w + ln w = y where exp y is too large).
const ofExp: [number, number][] = [
  [-36, 2.3195228302435688503e-16],
  [-5, 0.0066930004977309932744],
  [0, 0.567143290409783873],
  [0.5, 0.76624860816175025888],
  [1, 1],
  [1.5, 1.264959720125500542],
  [5, 3.6934413589606498043],
  [700, 693.45830887902549834],
  [1e5, 99988.487189669760823],
  [1e10, 9999999976.9741490724],
]
const principal: [number, number][] = [
  [-0.36787944117, -0.99999719976341102243],
  [-0.36, -0.80608431597081762445],
  [-0.3, -0.48940222718021493357],
  [-0.1, -0.11183255915896297182],
  [1e-12, 9.9999999999899997989e-13],
  [0.25, 0.20388835470224016444],
  [1, 0.567143290409783873],
  [2.718, 0.9999481585363835386],
  [10, 1.7455280027406993831],
  [1e10, 20.028685413304950781],
  [1e300, 684.24720862976084929],
]

describe('Lambert W', () => {
  it.each(ofExp)('W0(exp %d) to a few last bits', (y, w) => {
    expect(Math.abs(lambertWOfExp(y) / w - 1)).toBeLessThan(1e-15)
  })

  it.each(principal)('W0(%d) to a few last bits', (x, w) => {
    expect(Math.abs(lambertW0(x) / w - 1)).toBeLessThan(1e-15)
  })

  it('is −1 at the branch point, 0 at 0, and refuses what lies below the branch point', () => {
    expect(lambertW0(-1 / Math.E)).toBe(-1)
    expect(lambertW0(0)).toBe(0)
    expect(() => lambertW0(-0.4)).toThrow('lambertW0')
    expect(() => lambertWOfExp(NaN)).toThrow('lambertWOfExp')
  })

  it('solves w + ln w = y for any finite y, without overflow', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 1e300, noNaN: true }), (y) => {
        const w = lambertWOfExp(y)
        expect(Number.isFinite(w)).toBe(true)
        if (y > -30) expect(Math.abs(w + Math.log(w) - y)).toBeLessThan(4e-15 * Math.max(1, Math.abs(y)))
      }),
    )
  })

  it('solves w exp w = x', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.3678, max: 1e6, noNaN: true }), (x) => {
        const w = lambertW0(x)
        // The conditioning of the inverse: dx = exp(w) (1 + w) dw.
        expect(Math.abs(w * Math.exp(w) - x)).toBeLessThan(4e-15 * (Math.abs(x) * (1 + Math.abs(w)) + 1e-300))
      }),
    )
  })
})
