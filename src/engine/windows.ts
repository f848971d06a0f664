/** Windows that follow the station's events now, by what they call themselves. */
export interface Windows {
  /** Returns what says that it is gone. A window that connects again is here twice for a moment. */
  enter: (window: string) => () => void
  isPresent: (window: string) => boolean
}

export function createWindows(): Windows {
  const links = new Map<string, Set<object>>()
  return {
    enter: (window) => {
      const link = {}
      const own = links.get(window) ?? new Set()
      links.set(window, own.add(link))
      return () => {
        own.delete(link)
        // It may be said twice, and the window may be here again by then.
        if (own.size === 0 && links.get(window) === own) links.delete(window)
      }
    },
    isPresent: (window) => links.has(window),
  }
}
