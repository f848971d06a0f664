/** One piece of bytes on a wire. */
export interface TracePiece {
  atUtcMs: number
  link: string
  direction: 'sent' | 'received'
  bytes: Uint8Array
}

interface Ring {
  pieces: TracePiece[]
  bytes: number
  dropped: number
  isOn: boolean
}

export interface TraceBook {
  /** What every wire tells; kept only of those that are switched on. */
  note: (piece: TracePiece) => void
  start: (link: string) => void
  stop: (link: string) => void
  get: (link: string) => { isOn: boolean; dropped: number; pieces: readonly TracePiece[] }
}

const mostPieces = 20_000
const mostBytes = 4 * 2 ** 20

/** The last bytes of the wires that somebody watches; old ones make room for new ones. */
export function createTraceBook(limits = { pieces: mostPieces, bytes: mostBytes }): TraceBook {
  const rings = new Map<string, Ring>()
  const trim = (ring: Ring): void => {
    while (ring.pieces.length > limits.pieces || ring.bytes > limits.bytes) {
      ring.bytes -= ring.pieces.shift()?.bytes.length ?? 0
      ring.dropped++
    }
  }
  return {
    note: (piece) => {
      const ring = rings.get(piece.link)
      if (!ring?.isOn) return
      ring.pieces.push({ ...piece, bytes: piece.bytes.slice() })
      ring.bytes += piece.bytes.length
      trim(ring)
    },
    start: (link) => void rings.set(link, { pieces: [], bytes: 0, dropped: 0, isOn: true }),
    stop: (link) => {
      const ring = rings.get(link)
      if (ring) ring.isOn = false
    },
    get: (link) => rings.get(link) ?? { isOn: false, dropped: 0, pieces: [] },
  }
}
