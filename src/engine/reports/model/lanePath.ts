/** The lane that a step belongs to by its path, such as B of `after@B/final/curves`; null: to the whole run. */
export const laneOfStep = (path: string): string | null => /@([A-Za-z0-9]+)/.exec(path)?.[1] ?? null
