import { ScpiError } from '../bench/scpi.ts'

/** One entry of a reading buffer. */
export interface BufferReading {
  reading: number
  source: number
  atMs: number
  unit: string
  status: number
  sourceStatus: number
}

export interface ReadingBuffer {
  readings: BufferReading[]
  capacity: number
}

/** The instrument's reading buffers; two of them are always there. When one is full, the oldest reading goes. */
export function createBuffers() {
  const buffers = new Map<string, ReadingBuffer>()
  const make = (name: string, capacity: number): void => void buffers.set(name, { readings: [], capacity })
  make('defbuffer1', 100_000)
  make('defbuffer2', 100_000)

  const get = (name: string): ReadingBuffer => {
    const buffer = buffers.get(name)
    if (!buffer) throw new ScpiError(-222, `Reading buffer ${name} does not exist`)
    return buffer
  }
  return {
    get,
    make,
    remove: (name: string): void => void buffers.delete(name),
    store: (name: string, reading: BufferReading): void => {
      const { readings, capacity } = get(name)
      readings.push(reading)
      if (readings.length > capacity) readings.shift()
    },
    clearAll: (): void => {
      for (const buffer of buffers.values()) buffer.readings = []
    },
  }
}
