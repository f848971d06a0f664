import { isPending, isProtocolActionLegal, type Approval, type ProtocolAction } from '../../contract/approval.ts'

export const actWords: Readonly<Record<ProtocolAction, { title: string; act: string; comment: string }>> = {
  submit: { title: 'Submit for approval', act: 'Submit for approval', comment: 'What is new in it' },
  approve: { title: 'Approve', act: 'Approve this content', comment: 'How it was checked' },
  decline: { title: 'Send back', act: 'Send it back', comment: 'Why' },
  retire: { title: 'Retire', act: 'Retire this version', comment: 'Why' },
}

/** Sending back and retiring need a reason. */
export const leastReason = 10
export const needsReason = (action: ProtocolAction): boolean => action === 'decline' || action === 'retire'

/** What can be done with it now, the next step first. */
export function actsOf(approval: Approval): ProtocolAction[] {
  const pending = isPending(approval)
  const offered: ProtocolAction[] = pending ? ['approve', 'decline', 'retire'] : ['submit', 'retire']
  return offered.filter((action) => isProtocolActionLegal(approval.state, action))
}
