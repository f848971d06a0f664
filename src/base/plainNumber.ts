/** A number for people: what was computed may have all digits of a double, and six tell it. */
export const plainNumber = (value: number): string => String(Number(value.toPrecision(6)))
