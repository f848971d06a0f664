import type { Dossier } from '../../../contract/dossier.ts'
import { provenanceMark } from '../../../contract/provenance.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import type { UsedInstrument } from '../../../contract/run.ts'
import { missingText, settingCell, textCell } from './format.ts'
import { markLegend } from './judgement.ts'
import { sectionTitles } from './titles.ts'

type Table = Extract<ReportSection, { kind: 'table' }>

const leftColumns = (labels: readonly string[]): Table['columns'] =>
  labels.map((label) => ({ label, unit: '', align: 'left' }))

const noCalibration = 'no calibration recorded'
const ofParts = 'that of its parts, listed with the instruments'

const provenanceText = (provenance: Dossier['run']['provenance']): string => provenanceMark(provenance) ?? 'live'

type Used = Pick<UsedInstrument, 'identity' | 'calibration' | 'calibrationException'>

const identityText = ({ identity }: Used): string => {
  const serial =
    identity.serialNumber === null ? 'the instrument tells no serial number' : `S/N ${identity.serialNumber}`
  const firmware = identity.firmware === null ? [] : [`firmware ${identity.firmware}`]
  return [`${identity.maker} ${identity.model}`.trim() || 'gave no name', serial, ...firmware].join(', ')
}

/** With what was wrong with it, and who used the instrument all the same: an assessor has to see that. */
const calibrationText = ({ calibration, calibrationException }: Used, operator: string): string => {
  const certificate =
    calibration === null
      ? noCalibration
      : `${calibration.certificate}, by ${calibration.by}, due ${calibration.dueDate}`
  const { faults = [], reason = null } = calibrationException ?? {}
  const excused = reason === null ? [] : [`used all the same by decision of ${operator}: ${reason}`]
  return [certificate, ...faults, ...excused].join('; ')
}

const provenanceOf = (dossier: Dossier, instrument: UsedInstrument): string => {
  const own = dossier.channels.filter((channel) => channel.instrumentId === instrument.instrumentId)
  const all = [...new Set(own.map((channel) => provenanceText(channel.provenance)))]
  return all.length > 0 ? all.join(', ') : provenanceText(dossier.run.provenance)
}

/** Every instrument as it identified itself, with its calibration, or plainly that none is recorded. */
export const instrumentsSection = (dossier: Dossier): ReportSection => {
  const { instruments } = dossier.run
  const roles = new Map(dossier.template.roles.map((role) => [role.name, role.title]))
  if (instruments.length === 0) {
    const why =
      dossier.run.provenance === 'imported'
        ? 'The curves were imported from a file: this station used no instrument, and the instruments behind the file are not known to it.'
        : `${missingText} (no instrument is recorded with this run)`
    return { kind: 'text', title: sectionTitles.instruments, paragraphs: [why] }
  }
  return {
    kind: 'table',
    title: sectionTitles.instruments,
    columns: leftColumns(['Role', 'Instrument', 'Identity as read', 'Calibration', 'Driver and link', 'Data']),
    rows: instruments.flatMap((instrument) => {
      const role = roles.get(instrument.roleName) ?? instrument.roleName
      const { parts = [] } = instrument
      const data = provenanceOf(dossier, instrument)
      const row = (used: Used & Pick<UsedInstrument, 'name' | 'driver' | 'link'>, what: string, calibration: string) =>
        [what, used.name, identityText(used), calibration, `${used.driver}, ${used.link}`, data].map((text) =>
          textCell(text),
        )
      const own = parts.length > 0 ? ofParts : calibrationText(instrument, dossier.run.operator)
      return [
        row(instrument, role, own),
        ...parts.map((part) =>
          row(part, `${role}: part of ${instrument.name}`, calibrationText(part, dossier.run.operator)),
        ),
      ]
    }),
  }
}

/** The channels of the run: which quantity, from which instrument, under which calibration, of which provenance. */
export const channelsSection = (dossier: Dossier): ReportSection | null => {
  if (dossier.channels.length === 0) return null
  const isOfParts = (id: string | null): boolean =>
    dossier.run.instruments.some((used) => used.instrumentId === id && used.parts !== undefined)
  return {
    kind: 'table',
    title: sectionTitles.channels,
    columns: leftColumns(['Quantity', 'Unit', 'Instrument', 'Calibration', 'Data']),
    rows: dossier.channels.map((channel) => [
      textCell(channel.name),
      textCell(channel.unit),
      textCell(channel.instrumentName),
      textCell(channel.calibration ?? (isOfParts(channel.instrumentId) ? ofParts : noCalibration)),
      textCell(provenanceText(channel.provenance)),
    ]),
  }
}

/** All settings but the module’s own data, which stand with the module. */
export const parametersSection = (dossier: Dossier): ReportSection => {
  const own = dossier.template.parameters.filter((parameter) => parameter.group !== 'module')
  const known = new Set(dossier.template.parameters.map((parameter) => parameter.name))
  const stray = Object.keys(dossier.run.parameters)
    .filter((name) => !known.has(name))
    .sort()
  const rows: Cell[][] = own.map((parameter) => {
    const value = dossier.run.parameters[parameter.name] ?? null
    const origin = value === null ? '' : value === parameter.default ? 'default' : 'set for this run'
    return [
      textCell(parameter.title),
      settingCell(value, 'not given'),
      { text: parameter.unit ?? '' },
      textCell(origin),
      { text: parameter.source ?? '' },
      textCell(parameter.mark),
    ]
  })
  const strayRows = stray.map((name): Cell[] => [
    textCell(name),
    settingCell(dossier.run.parameters[name] ?? null, 'not given'),
    { text: '' },
    textCell('not in the template'),
    { text: '' },
    textCell(''),
  ])
  return {
    kind: 'table',
    title: sectionTitles.parameters,
    columns: [
      { label: 'Setting', unit: '', align: 'left' },
      { label: 'Value', unit: '', align: 'right' },
      ...leftColumns(['Unit', 'Origin', 'Source of the default', 'Mark']),
    ],
    rows: [...rows, ...strayRows],
    note: markLegend,
  }
}
