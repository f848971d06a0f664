import { Box, Table, TableBody, TableCell, TableHead, TableRow, TextField, Typography } from '@mui/material'
import { logLines, orderNames, type LogChannel, type LogForm } from '../../logic/logMapping.ts'
import { optionsOf } from '../../logic/options.ts'
import { readingName } from '../../logic/readings.ts'
import { Choice } from '../../parts/Choice.tsx'
import { FileCut } from '../../parts/FileCut.tsx'

interface LogColumnsProps {
  form: LogForm
  channels: readonly LogChannel[]
  text: string
  onForm: (form: LogForm) => void
}

const grid = {
  display: 'grid',
  gap: 2,
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', lg: 'repeat(4, minmax(0, 1fr))' },
}

function Whole({
  label,
  value,
  help,
  onText,
}: {
  label: string
  value: string
  help?: string
  onText: (text: string) => void
}) {
  return (
    <TextField
      label={label}
      value={value}
      helperText={help}
      onChange={(event) => onText(event.target.value)}
      slotProps={{ htmlInput: { inputMode: 'numeric', maxLength: 6, autoComplete: 'off' } }}
    />
  )
}

/** The first lines as they are cut, so that a person can count the columns. */
function FirstLines({ form, text }: Pick<LogColumnsProps, 'form' | 'text'>) {
  const { lines, columns } = logLines(text, form)
  return (
    <Box sx={{ overflowX: 'auto', border: 1, borderColor: 'divider', borderRadius: 1 }}>
      <Table aria-label="First lines of the log" size="small">
        <TableHead>
          <TableRow>
            <TableCell>Line</TableCell>
            {Array.from({ length: columns }, (_none, i) => (
              <TableCell key={i}>Column {i + 1}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {lines.map(({ line, cells }) => (
            <TableRow
              key={line}
              sx={{ ...(line <= Number(form.skipLines) && { color: 'text.secondary', bgcolor: 'action.hover' }) }}
            >
              <TableCell sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>
                {line <= Number(form.skipLines) ? `${line}, skipped` : line}
              </TableCell>
              {cells.map((cell, i) => (
                <TableCell key={i} sx={{ whiteSpace: 'nowrap' }}>
                  {cell}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  )
}

/** Where the time stands, and how the file is cut. */
function Layout({ form, onForm }: Pick<LogColumnsProps, 'form' | 'onForm'>) {
  const change = (part: Partial<LogForm>): void => onForm({ ...form, ...part })
  return (
    <Box sx={grid}>
      <Whole
        label="Column of the date and time"
        value={form.timeColumn}
        onText={(timeColumn) => change({ timeColumn })}
      />
      <Whole
        label="Column of the time of day"
        value={form.clockColumn}
        help="Only where it stands apart from the date"
        onText={(clockColumn) => change({ clockColumn })}
      />
      <Choice
        label="Order of the date"
        value={form.order}
        options={optionsOf(orderNames)}
        onChoose={(order) => change({ order: order as LogForm['order'] })}
      />
      <Whole
        label="Its time zone: minutes ahead of UTC"
        value={form.utcOffsetMin}
        help="60 in Central Europe, 120 in its summer"
        onText={(utcOffsetMin) => change({ utcOffsetMin })}
      />
      <FileCut form={form} onChange={change} />
      <TextField
        label="Name of this layout"
        required
        value={form.name}
        onChange={(event) => change({ name: event.target.value })}
        helperText="Kept for the next log of this chamber"
        slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'off' } }}
      />
    </Box>
  )
}

/** How the log is laid out: what separates it, where the time stands, and where each value. */
export function LogColumns({ form, channels, text, onForm }: LogColumnsProps) {
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <FirstLines form={form} text={text} />
      <Box sx={grid}>
        {channels.map(({ channel, unit }) => (
          <Whole
            key={channel}
            label={`Column of ${readingName({ channel }).toLowerCase()} / ${unit}`}
            value={form.columns[channel] ?? ''}
            help="Empty: the log doesn’t have it"
            onText={(column) => onForm({ ...form, columns: { ...form.columns, [channel]: column } })}
          />
        ))}
      </Box>
      <Layout form={form} onForm={onForm} />
      <Typography variant="caption" sx={{ color: 'text.secondary' }}>
        Columns count from 1. Times that say their own zone need none.
      </Typography>
    </Box>
  )
}
