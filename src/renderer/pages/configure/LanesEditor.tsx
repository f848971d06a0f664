import Add from '@mui/icons-material/Add'
import Remove from '@mui/icons-material/DeleteOutlined'
import { Alert, Box, Button, IconButton, TextField, Typography } from '@mui/material'
import { useRef, useState, type KeyboardEvent } from 'react'
import type { Parameter, Template } from '../../../contract/template.ts'
import { laneName, takeScan, type LaneDraft } from '../../logic/lanes.ts'
import { currentText } from '../../logic/parameters.ts'
import { Panel } from '../../parts/Panel.tsx'
import { useDraft } from '../../state/draft.ts'
import { useScanner } from '../test/useScanner.ts'

const rowStyle = {
  ...{ display: 'grid', columnGap: 1.25, rowGap: 1, alignItems: 'start', py: 1 },
  gridTemplateColumns: {
    xs: '24px minmax(0, 1fr) 40px',
    md: '24px minmax(0, 1.4fr) minmax(0, 1fr) minmax(0, 1fr) 150px 40px',
  },
}
/** On a phone one below the other. */
const cell = { gridColumn: { xs: '2', md: 'auto' } }

interface RowProps {
  index: number
  lane: LaneDraft
  problem: string | null
  label: readonly Parameter[]
  onLane: (change: Partial<LaneDraft>) => void
  /** After Enter, as a scanner gives it. */
  onNext: () => void
  onRemove: (() => void) | null
}

/** What the label of this module says otherwise than the first one's. */
function Label({ lane, label, onLane }: Pick<RowProps, 'lane' | 'label' | 'onLane'>) {
  const common = useDraft((draft) => draft.texts)
  return (
    <Box
      sx={{
        gridColumn: '2 / -1',
        display: 'grid',
        gap: 1.25,
        gridTemplateColumns: 'repeat(auto-fill, minmax(170px, 1fr))',
      }}
    >
      {label.map((parameter) => (
        <TextField
          key={parameter.name}
          label={`${parameter.title}${parameter.unit === undefined ? '' : ` / ${parameter.unit}`}`}
          value={lane.texts[parameter.name] ?? ''}
          placeholder={currentText(parameter, common)}
          onChange={(event) => onLane({ texts: { ...lane.texts, [parameter.name]: event.target.value } })}
          slotProps={{ inputLabel: { shrink: true }, htmlInput: { autoComplete: 'off' } }}
        />
      ))}
    </Box>
  )
}

function Row({ index, lane, problem, label, onLane, onNext, onRemove }: RowProps) {
  const own = label.filter(({ name }) => (lane.texts[name] ?? '').trim() !== '').length
  const [open, setOpen] = useState(false)
  const name = laneName(index)
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    if (lane.id.trim() !== '' && problem === null) onNext()
  }
  return (
    <Box component="li" sx={{ ...rowStyle, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Typography sx={{ fontWeight: 700, pt: 1 }}>{name}</Typography>
      <TextField
        label={`Module id, lane ${name}`}
        required
        value={lane.id}
        error={problem !== null && lane.id.trim() !== ''}
        helperText={problem}
        onChange={(event) => onLane({ id: event.target.value })}
        onKeyDown={onKey}
        slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'off', spellCheck: false, 'data-lane': index } }}
      />
      <TextField
        sx={cell}
        label="Maker"
        value={lane.maker}
        onChange={(event) => onLane({ maker: event.target.value })}
      />
      <TextField
        sx={cell}
        label="Model"
        value={lane.model}
        onChange={(event) => onLane({ model: event.target.value })}
      />
      <Button
        sx={cell}
        size="small"
        aria-expanded={open}
        disabled={onRemove === null || label.length === 0}
        onClick={() => setOpen(!open)}
      >
        {onRemove === null ? 'Label data below' : own === 0 ? 'Label as A …' : `${own} of its own …`}
      </Button>
      {onRemove !== null && (
        <IconButton
          aria-label={`Take lane ${name} off the list`}
          onClick={onRemove}
          sx={{ gridColumn: { xs: '3', md: 'auto' }, gridRow: { xs: '1', md: 'auto' } }}
        >
          <Remove fontSize="small" />
        </IconButton>
      )}
      {open && <Label lane={lane} label={label} onLane={onLane} />}
    </Box>
  )
}

interface LanesEditorProps {
  template: Template
  lanes: NonNullable<Template['lanes']>
  problems: readonly (string | null)[]
  countProblem: string | null
}

/** The rows as the draft has them, and what can be done with them. */
function useLanes({ maximum }: NonNullable<Template['lanes']>) {
  const { module, others, setModule, setOthers } = useDraft()
  const [refused, setRefused] = useState<string | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const like = { maker: module.maker, model: module.model }
  const scan = (text: string): void => {
    const taken = takeScan(text, { firstId: module.id, lanes: others, most: maximum, like })
    setRefused(taken.refused)
    if (taken.lanes !== null) setOthers(taken.lanes)
  }
  const focusRow = (index: number): void => {
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>(`input[data-lane="${index}"]`)?.focus())
  }
  const add = (): void => {
    setOthers([...others, { ...like, id: '', texts: {} }])
    focusRow(others.length + 1)
  }
  const next = (index: number): void => {
    if (index < others.length) focusRow(index + 1)
    else if (others.length + 1 < maximum) add()
  }
  const change = (index: number, part: Partial<LaneDraft>): void => {
    setRefused(null)
    if (index === 0) setModule(part)
    else setOthers(others.map((lane, i) => (i === index - 1 ? { ...lane, ...part } : lane)))
  }
  const remove = (index: number): void => setOthers(others.filter((_lane, i) => i !== index - 1))
  const rows: LaneDraft[] = [{ ...module, texts: {} }, ...others]
  return { rows, refused, list, scan, add, next, change, remove }
}

/** The modules of a test of several: scanned one after the other, or typed. */
export function LanesEditor({ template, lanes, problems, countProblem }: LanesEditorProps) {
  const { rows, refused, list, scan, add, next, change, remove } = useLanes(lanes)
  useScanner(scan)
  const label = template.parameters.filter(({ group }) => group === 'module')
  return (
    <Panel
      title={`Modules (${lanes.minimum} to ${lanes.maximum})`}
      aside={<Typography variant="caption">Scan one label after the other; Enter leads to the next row.</Typography>}
    >
      {refused !== null && (
        <Alert severity="error" variant="outlined" role="alert">
          {refused}
        </Alert>
      )}
      <Box ref={list} component="ul" aria-label="Modules" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {rows.map((lane, i) => (
          <Row
            key={i}
            index={i}
            lane={lane}
            problem={problems[i] ?? null}
            label={label}
            onLane={(part) => change(i, part)}
            onNext={() => next(i)}
            onRemove={i === 0 ? null : () => remove(i)}
          />
        ))}
      </Box>
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap', mt: 0.5 }}>
        <Button
          size="small"
          variant="outlined"
          startIcon={<Add aria-hidden />}
          disabled={rows.length >= lanes.maximum}
          onClick={add}
        >
          Add a module
        </Button>
        <Typography variant="body2" role="status" sx={{ color: 'error.main' }}>
          {countProblem}
        </Typography>
      </Box>
    </Panel>
  )
}
