import { z } from 'zod'

/**
 * How far a protocol has come at this station. draft: nobody approved this content. shipped: approved by the maker of the
 * software, by nobody here. approved: by a person of the laboratory. changed: another content under this version was
 * approved. retired: not to be run any more.
 */
export const protocolStateSchema = z.enum(['draft', 'shipped', 'approved', 'changed', 'retired'])
export type ProtocolState = z.infer<typeof protocolStateSchema>

const typed = (most: number) => z.string().trim().min(1).max(most)

/** Who acts: as typed, proved by nothing. */
const signer = { name: typed(80).regex(/[\p{L}\p{N}]/u, 'say who you are'), role: typed(80) }

const recordBase = {
  seq: z.number().int(),
  protocolId: z.string(),
  version: z.string(),
  /** SHA-256 of the canonical JSON of the whole template, its parts put in: exactly what was read. */
  sha256: z.string(),
  ...signer,
  comment: z.string().max(2000),
  utcMs: z.number(),
}

/** One signed act in the life of a protocol; never changed. */
export const protocolRecordSchema = z.object({
  ...recordBase,
  action: z.enum(['submit', 'approve', 'decline', 'retire']),
  /** Of a submission: who wrote what is submitted. */
  author: z.string().optional(),
})
export type ProtocolRecord = z.infer<typeof protocolRecordSchema>
export type ProtocolAction = ProtocolRecord['action']

/** What a protocol is at this station, and by whom: frozen into a run, printed in its report. */
export const approvalSchema = z.object({
  state: protocolStateSchema,
  sha256: z.string(),
  /** Who approved, or retired; of a changed one, who approved the other content. null: the maker, or nobody. */
  decided: protocolRecordSchema.nullable(),
  /** What was submitted and led to it, or waits for a second person. */
  submitted: protocolRecordSchema.nullable(),
})
export type Approval = z.infer<typeof approvalSchema>

interface ProtocolTransition {
  from: readonly ProtocolState[]
  to: ProtocolState | null
  meaning: string
}

/** What can be done with a protocol in which state, and where it leads. What isn't here isn't possible. */
export const protocolTransitions: Readonly<Record<ProtocolAction, ProtocolTransition>> = {
  submit: {
    from: ['draft', 'shipped', 'changed', 'retired'],
    to: null,
    meaning: 'Asks a second person to approve this very content. Nothing changes until then.',
  },
  approve: {
    from: ['draft', 'shipped', 'changed', 'retired'],
    to: 'approved',
    meaning: 'This very content may be used for customers’ tests. Any change of the file ends that.',
  },
  decline: {
    from: ['draft', 'shipped', 'changed', 'retired'],
    to: null,
    meaning: 'Sends the submission back, with the reason.',
  },
  retire: {
    from: ['draft', 'shipped', 'approved', 'changed'],
    to: 'retired',
    meaning: 'No run begins with this version any more, whatever its content; runs that go on are not touched.',
  },
}

export const isProtocolActionLegal = (state: ProtocolState, action: ProtocolAction): boolean =>
  protocolTransitions[action].from.includes(state)

const bare = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

/** The words of a name in an order of their own. */
const wordsOf = (name: string): string =>
  name
    .normalize('NFKC')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(bare)
    .toSorted()
    .join('')

/**
 * Whether two typed names are one person’s, as far as that can be seen: case, spaces, dots and the order of the words
 * don’t make another.
 */
export const isSameName = (a: string, b: string): boolean => bare(a) === bare(b) || wordsOf(a) === wordsOf(b)

/** Whether a submission waits for a second person: it stands for this very content and is newer than any decision. */
export const isPending = ({ state, submitted, decided }: Approval): boolean =>
  submitted !== null && state !== 'approved' && (decided === null || submitted.seq > decided.seq)

const day = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10)
const by = ({ name, role, utcMs }: ProtocolRecord): string => `${name} (${role}, name as typed) on ${day(utcMs)}`

/** The state in one sentence, the same on the screen, in the pre-flight and on paper. */
export function describeApproval(approval: Approval): string {
  const { state, decided, submitted } = approval
  if (state === 'approved' && decided) {
    const author = submitted ? `; written by ${submitted.author ?? submitted.name}` : ''
    return `approved by ${by(decided)}${author}`
  }
  if (state === 'shipped') return 'approved by the maker of this software; nobody at this laboratory has approved it'
  if (state === 'changed')
    return decided
      ? `changed since its approval by ${by(decided)}: this content is approved by nobody`
      : 'changed since the maker of this software approved it: this content is approved by nobody'
  if (state === 'retired') return decided ? `retired by ${by(decided)}: ${decided.comment}` : 'retired by its own file'
  return 'a draft: approved by nobody'
}

/** What stands before that sentence where it is said of a run. */
export const methodStateLabel = 'State of the method'

/** A person has to say what was seen: the hash keeps an approval from falling on another content. */
const actShape = { id: z.string(), sha256: z.string(), ...signer }
const reason = z.string().trim().min(10, 'say why, in ten characters at least').max(2000)

export const submitProtocolSchema = z.strictObject({
  ...actShape,
  comment: z.string().trim().max(2000).default(''),
  /** Who wrote it, where that is somebody else than who submits it. */
  author: typed(80).optional(),
})
export const approveProtocolSchema = z.strictObject({ ...actShape, comment: z.string().trim().max(2000).default('') })
export const refuseProtocolSchema = z.strictObject({ ...actShape, comment: reason })

export type ProtocolAct = z.infer<typeof approveProtocolSchema> & { author?: string | undefined }
