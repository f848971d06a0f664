/** Whether every word of the query is somewhere in the texts, whatever the case. An empty query matches all. */
export function matchesSearch(query: string, texts: readonly string[]): boolean {
  const hay = texts.join(' ').toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word))
}
