/** A copy with the value at a JSON path such as `channels.1.scale` put in its place; undefined takes it out. */
export function changed(original: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(original) as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const at = keys.reduce((node, key) => node[key] as Record<string, unknown>, copy)
  if (value !== undefined) at[last] = value
  else if (Array.isArray(at)) at.splice(Number(last), 1)
  else delete at[last]
  return copy
}
