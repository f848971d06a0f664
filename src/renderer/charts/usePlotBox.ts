import { useMediaQuery } from '@mui/material'
import { useEffect, useState } from 'react'

/** The width that a plot has, and whether it is drawn for the night. */
export function usePlotBox(box: React.RefObject<HTMLElement | null>): { width: number; dark: boolean } {
  const [width, setWidth] = useState(0)
  const dark = useMediaQuery('(prefers-color-scheme: dark)')
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return { width, dark }
}
