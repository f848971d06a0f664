import type { RunView } from '../contract/runView.ts'
import type { View } from '../contract/sample.ts'

/** Columns with null where there is nothing: a 0 in them would look like a value. */
export const toRunView = ({ channels, ...view }: View): RunView => ({
  ...view,
  channels: channels.map(({ minimum, maximum, first, last, count, ...rest }) => {
    const known = (column: Float64Array): (number | null)[] =>
      Array.from(column, (value, i) => (count[i] === 0 ? null : value))
    return { ...rest, minimum: known(minimum), maximum: known(maximum), first: known(first), last: known(last) }
  }),
})
