/** Told apart by dash as well as by colour; the same by day and by night, with enough contrast on both. */
export interface LinePaint {
  light: string
  dark: string
  dash: readonly number[]
}

const paints: readonly LinePaint[] = [
  { light: '#0b5d57', dark: '#74c7ba', dash: [] },
  { light: '#b3221a', dark: '#ff9f93', dash: [8, 4] },
  { light: '#2f5a9e', dark: '#9cc0f5', dash: [2, 3] },
  { light: '#855000', dark: '#efbd68', dash: [10, 3, 2, 3] },
  { light: '#6a3d9a', dark: '#cdb0f0', dash: [4, 4] },
  { light: '#3f5561', dark: '#c2d2da', dash: [12, 5] },
  { light: '#1c6a3a', dark: '#7fcf9b', dash: [1, 4] },
  { light: '#9c2767', dark: '#f3a6cd', dash: [6, 2, 1, 2] },
]

export const paintOf = (index: number): LinePaint => paints[index % paints.length]!

/** What a controller's log says: ink as in the ledger's bar, no colour of a channel; told apart by its dash alone. */
const filledDashes: readonly (readonly number[])[] = [
  [2, 2],
  [6, 3],
  [10, 3, 2, 3],
]
export const filledPaintOf = (index: number): LinePaint => ({
  ...{ light: '#15201e', dark: '#f2f6f5' },
  dash: filledDashes[index % filledDashes.length]!,
})
