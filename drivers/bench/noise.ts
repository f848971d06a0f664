import type { Random } from '../../src/base/random.ts'

/**
 * Noise as a function of time: the same instant gives the same value however often, or seldom, it is asked.
 * Values have mean 0 and, at the bucket edges, standard deviation 1.
 */
export interface TimeNoise {
  /** Constant within each bucket of `bucketMs`. */
  stepped(atMs: number, bucketMs: number): number
  /** Continuous, with continuous slope, wandering over about `bucketMs`. */
  smooth(atMs: number, bucketMs: number): number
}

export function createTimeNoise(random: Random, name: string): TimeNoise {
  const valueOf = (bucket: number): number => random.fork(`${name}/${bucket}`).normal()
  return {
    stepped: (atMs, bucketMs) => valueOf(Math.floor(atMs / bucketMs)),
    smooth: (atMs, bucketMs) => {
      const bucket = Math.floor(atMs / bucketMs)
      const part = atMs / bucketMs - bucket
      const weight = part * part * (3 - 2 * part)
      return valueOf(bucket) * (1 - weight) + valueOf(bucket + 1) * weight
    },
  }
}
