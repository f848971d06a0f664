/** What a run is called where its id would say nothing to anybody: its protocol and its module, or the first of several. */
export function runName(run: {
  protocolId: string
  module: { id: string }
  lanes?: readonly { module: { id: string } }[] | undefined
}): string {
  const [first = run, ...others] = run.lanes ?? []
  return `${run.protocolId} on ${first.module.id}${others.length === 0 ? '' : ` and ${others.length} more`}`
}
