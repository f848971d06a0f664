/**
 * These controllers have no text that could say that they are simulated. So a simulated one was made on a day that doesn't
 * exist, and its firmware then ends in what the station knows simulated instruments by.
 */
export const simulatedMark = (manufactured: number, never: number): string =>
  manufactured === never ? ' (hardware 9.99)' : ''
