import { Box, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material'
import {
  meaningNames,
  previewTable,
  unitsOf,
  withMeaning,
  withUnit,
  type MappingForm,
  type Meaning,
} from '../../logic/importMapping.ts'
import { Choice } from '../../parts/Choice.tsx'

interface MappingTableProps {
  form: MappingForm
  text: string
  onForm: (form: MappingForm) => void
}

const meanings = [
  { value: '', label: 'Not used' },
  ...Object.entries(meaningNames).map(([value, label]) => ({ value, label })),
]

function ColumnHead({ form, column, onForm }: Omit<MappingTableProps, 'text'> & { column: number }) {
  const chosen = form.meanings[column]
  const units = chosen ? unitsOf(chosen.what) : []
  return (
    <TableCell sx={{ verticalAlign: 'top' }}>
      <Box sx={{ display: 'grid', gap: 1.75, pt: 1, width: 160, whiteSpace: 'normal' }}>
        <Choice
          label={`Column ${column}`}
          value={chosen?.what ?? ''}
          options={meanings}
          onChoose={(what) => onForm(withMeaning(form, column, what as Meaning))}
        />
        {chosen && units.length > 0 && (
          <Choice
            label={`Unit of column ${column}`}
            value={chosen.unit}
            options={units.map((unit) => ({ value: unit, label: unit }))}
            onChoose={(unit) => onForm(withUnit(form, column, unit))}
          />
        )}
      </Box>
    </TableCell>
  )
}

/** The file's lines around the first numbers, with what each column means above it. */
export function MappingTable({ form, text, onForm }: MappingTableProps) {
  const { lines, columns } = previewTable(text, form)
  const numbers = Array.from({ length: columns }, (_each, i) => i + 1)
  return (
    <Box sx={{ mt: 2, overflowX: 'auto', border: 1, borderColor: 'divider', borderRadius: 1 }}>
      <Table aria-label="First lines of the file">
        <TableHead>
          <TableRow>
            <TableCell sx={{ verticalAlign: 'bottom' }}>Line</TableCell>
            {numbers.map((column) => (
              <ColumnHead key={column} form={form} column={column} onForm={onForm} />
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {lines.map(({ line, cells, skipped }) => (
            <TableRow key={line} sx={{ ...(skipped && { bgcolor: 'action.hover' }) }}>
              <TableCell sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>
                {skipped ? `${line}, skipped` : line}
              </TableCell>
              {cells.map((cell, i) => (
                <TableCell
                  key={i}
                  sx={{
                    ...{ whiteSpace: 'nowrap', maxWidth: 260, overflow: 'hidden', textOverflow: 'ellipsis' },
                    ...(skipped && { color: 'text.secondary' }),
                    ...(form.meanings[i + 1] && !skipped && { fontWeight: 600 }),
                  }}
                >
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
