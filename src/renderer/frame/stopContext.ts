import { createContext, useContext } from 'react'
import type { Stop } from './useStop.ts'

export const StopContext = createContext<Stop | null>(null)

/** The one stop of the window, which the frame has in hand. */
export function useFrameStop(): Stop {
  const stop = useContext(StopContext)
  if (stop === null) throw new Error('useFrameStop outside of the frame')
  return stop
}
