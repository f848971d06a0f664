/** An I-V curve of a made-up 36-cell module, from 0 V to just beyond Voc. */
export function smoothCurve(points = 60): { voltageV: number[]; currentA: number[] } {
  const [iscA, vocV, slopeV] = [5, 21.6, 1.35]
  const voltageV = Array.from({ length: points }, (_each, i) => Number(((i * (vocV + 0.05)) / (points - 1)).toFixed(4)))
  const saturationA = iscA / Math.expm1(vocV / slopeV)
  const currentA = voltageV.map((voltage) => Number((iscA - saturationA * Math.expm1(voltage / slopeV)).toFixed(5)))
  return { voltageV, currentA }
}

/** The curve as the text of a table; each cell as `print` writes it. */
export function tableOf(
  curve: { voltageV: readonly number[]; currentA: readonly number[] },
  form: { header: string; separator: string; print?: (value: number, column: 'voltage' | 'current') => string },
): string {
  const print = form.print ?? String
  const rows = curve.voltageV.map((voltage, i) =>
    [print(voltage, 'voltage'), print(curve.currentA[i] ?? 0, 'current')].join(form.separator),
  )
  return `${[form.header, ...rows].join('\r\n')}\r\n`
}
