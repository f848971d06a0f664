import { Box, Button, TextField, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material'
import { useState, type ChangeEvent } from 'react'
import type { Prompt } from '../../../contract/run.ts'
import { noFinding, type Finding, type Findings, type Severity } from '../../logic/answer.ts'
import { hashFile } from '../../state/hashFile.ts'
import { useScanner } from '../test/useScanner.ts'

const severities = [
  { value: 'none', label: 'None', colour: 'success' },
  { value: 'minor', label: 'Minor', colour: 'warning' },
  { value: 'major', label: 'Major', colour: 'error' },
] as const satisfies readonly { value: Severity; label: string; colour: string }[]

interface ItemProps {
  title: string
  finding: Finding
  onFinding: (finding: Finding) => void
}

function Item({ title, finding, onFinding }: ItemProps) {
  const { severity, note } = finding
  const needsNote = severity !== null && severity !== 'none'
  return (
    <Box
      component="li"
      sx={{
        ...{ display: 'grid', gap: 1, py: 0.75, alignItems: 'center', borderBottom: 1, borderColor: 'divider' },
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 1fr) max-content' },
      }}
    >
      <Typography variant="body2">{title}</Typography>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={severity}
        aria-label={`Finding: ${title}`}
        onChange={(_event, value: Severity | null) => value !== null && onFinding({ ...finding, severity: value })}
      >
        {severities.map(({ value, label, colour }) => (
          <ToggleButton key={value} value={value} color={colour} sx={{ textTransform: 'none', py: 0.5, minWidth: 64 }}>
            {label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {needsNote && (
        <TextField
          label="What was found, and where"
          required
          value={note}
          onChange={(event) => onFinding({ ...finding, note: event.target.value })}
          sx={{ gridColumn: '1 / -1' }}
        />
      )}
    </Box>
  )
}

interface ChecklistProps {
  items: NonNullable<Prompt['items']>
  findings: Findings
  onFindings: (findings: Findings) => void
}

/** One finding for each item; a clean module takes one press. */
function Checklist({ items, findings, onFindings }: ChecklistProps) {
  const rest = items.filter(({ id }) => (findings[id] ?? noFinding).severity === null)
  const clean = (): void =>
    onFindings({
      ...findings,
      ...Object.fromEntries(rest.map(({ id }) => [id, { severity: 'none' as const, note: '' }])),
    })
  return (
    <Box sx={{ flexBasis: '100%' }}>
      <Box component="ul" aria-label="Findings" sx={{ listStyle: 'none', m: 0, mb: 1, p: 0 }}>
        {items.map(({ id, title }) => (
          <Item
            key={id}
            title={title}
            finding={findings[id] ?? noFinding}
            onFinding={(finding) => onFindings({ ...findings, [id]: finding })}
          />
        ))}
      </Box>
      <Button size="small" variant="outlined" disabled={rest.length === 0} onClick={clean}>
        {rest.length === items.length ? 'I looked at all: nothing found' : `Nothing found at the other ${rest.length}`}
      </Button>
    </Box>
  )
}

/** A photo stays where it is; its name and SHA-256 are recorded, so that it can be proved to be the one. */
function PhotoField({ onTyped }: { onTyped: (text: string) => void }) {
  const [said, setSaid] = useState('')
  const take = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const file = event.target.files?.[0]
    if (file === undefined) return
    const hash = await hashFile(file)
    onTyped(hash === null ? '' : `${file.name} SHA-256 ${hash}`)
    setSaid(
      hash === null
        ? 'This window can’t work out a SHA-256: open the station by https or at the station itself.'
        : `${file.name}. Keep the file: the station records its name and SHA-256.`,
    )
  }
  return (
    <Box>
      <Button component="label" variant="outlined">
        Choose or take a photo
        <Box
          component="input"
          type="file"
          accept="image/*"
          capture="environment"
          aria-label="Photo"
          onChange={(event: ChangeEvent<HTMLInputElement>) => void take(event)}
          sx={{ position: 'absolute', width: '1px', height: '1px', opacity: 0 }}
        />
      </Button>
      <Typography variant="caption" role="status" component="div">
        {said}
      </Typography>
    </Box>
  )
}

/** Hears the scanner wherever the focus is, and can be typed into. */
function ScanField({ typed, onTyped }: { typed: string; onTyped: (text: string) => void }) {
  useScanner(onTyped)
  return (
    <TextField
      label="Scanned code"
      value={typed}
      onChange={(event) => onTyped(event.target.value)}
      onKeyDown={(event) => {
        // The Enter that ends a scan: what was scanned is looked at before it is sent.
        if (event.key === 'Enter') event.preventDefault()
      }}
      helperText="Scan it: the field need not be active. Or type it."
      sx={{ maxWidth: 320 }}
      slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false } }}
    />
  )
}

interface AnswerFieldsProps {
  prompt: Prompt
  typed: string
  onTyped: (text: string) => void
  findings: Findings
  onFindings: (findings: Findings) => void
}

/** What the question asks for. */
export function AnswerFields({ prompt, typed, onTyped, findings, onFindings }: AnswerFieldsProps) {
  switch (prompt.answer) {
    case 'confirm':
      return null
    case 'checklist':
      return <Checklist items={prompt.items ?? []} findings={findings} onFindings={onFindings} />
    case 'photo':
      return <PhotoField onTyped={onTyped} />
    case 'scan':
      return <ScanField typed={typed} onTyped={onTyped} />
    default:
      return (
        <TextField
          label="Answer"
          value={typed}
          onChange={(event) => onTyped(event.target.value)}
          sx={{ maxWidth: 280 }}
          slotProps={{ htmlInput: { inputMode: prompt.answer === 'number' ? 'decimal' : 'text', autoComplete: 'off' } }}
        />
      )
  }
}
