interface InLane {
  module: { id: string }
  state?: string
}

/**
 * The modules of a run, or of a request for one.
 * @param only.stillIn leaves out what was taken out of the run meanwhile: it may be anywhere
 */
export function moduleIdsOf(
  run: { module: { id: string }; lanes?: readonly InLane[] | undefined },
  only: { stillIn?: boolean } = {},
): string[] {
  const lanes: readonly InLane[] = run.lanes?.length ? run.lanes : [run]
  return lanes.filter(({ state }) => only.stillIn !== true || state !== 'removed').map(({ module }) => module.id)
}
