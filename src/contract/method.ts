/** A named, versioned piece of analysis that a template's compute step may ask for. JSON in, JSON out. */
export interface AnalysisMethod {
  id: string
  /** Stored with each result; changes whenever the numbers can. */
  version: string
  /** @throws StationError analysis.badInput when an input isn't what the method needs */
  run(inputs: Readonly<Record<string, unknown>>): unknown
}
