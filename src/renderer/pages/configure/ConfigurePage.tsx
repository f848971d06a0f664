import { Box, Button, Link, Typography } from '@mui/material'
import type { Template } from '../../../contract/template.ts'
import { groups } from '../../logic/parameters.ts'
import { prepareRequest } from '../../logic/request.ts'
import { hrefOf } from '../../logic/route.ts'
import { ActionBar } from '../../parts/ActionBar.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ParameterGroup } from '../../parts/ParameterGroup.tsx'
import { PlainPage } from '../../frame/PlainPage.tsx'
import { useDraft } from '../../state/draft.ts'
import { goTo, useTemplate } from '../../state/hooks.ts'
import { useMirror } from '../../state/station.ts'
import { RolePicker } from './RolePicker.tsx'

function Configuration({ template }: { template: Template }) {
  const draft = useDraft()
  const instruments = useMirror((state) => state.instruments)
  const prepared = prepareRequest(template, draft, instruments)
  const problems = Object.keys({ ...prepared.parameterProblems, ...prepared.roleProblems }).length
  // From here on the choice stays, even if the health of an instrument changes what would be suggested.
  const check = (): void => {
    for (const need of template.roles) draft.setRole(need.name, prepared.roles[need.name] ?? [])
    goTo({ page: 'preflight' })
  }
  return (
    <>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Panel title="Instruments">
          <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', md: 'repeat(3, minmax(0, 1fr))' } }}>
            {template.roles.map((need) => (
              <RolePicker
                key={need.name}
                need={need}
                instruments={instruments}
                chosen={prepared.roles[need.name] ?? []}
                problem={prepared.roleProblems[need.name]}
                onChoose={(ids) => draft.setRole(need.name, ids)}
              />
            ))}
          </Box>
        </Panel>
        {groups.map((group) => (
          <ParameterGroup
            key={group}
            group={group}
            parameters={template.parameters}
            texts={draft.texts}
            problems={prepared.parameterProblems}
            onText={draft.setText}
            onReset={draft.reset}
          />
        ))}
      </Box>
      <ActionBar>
        <Button href={hrefOf({ page: 'test' })}>Back</Button>
        <Button variant="contained" size="large" disabled={problems > 0} onClick={check}>
          Check
        </Button>
        <Typography role="status" variant="body2" sx={{ color: 'error.main' }}>
          {problems > 0 && `${problems === 1 ? 'One value needs' : `${problems} values need`} a correction above.`}
        </Typography>
      </ActionBar>
    </>
  )
}

/** Second page of a test: instruments and parameters. */
export function ConfigurePage() {
  const draft = useDraft()
  const template = useTemplate(draft.protocolId)
  if (draft.protocolId === null || draft.module.id.trim() === '' || draft.operator.trim() === '') {
    return <NothingChosen />
  }
  return (
    <>
      <PageHead
        title="Configure"
        subtitle={`${draft.protocolId} on module ${draft.module.id.trim()}. The letters say how sure a default is: A, B sure; C check in your copy of the standard; R our recommendation.`}
      />
      <FetchedView fetched={template} what="the protocol">
        {(value) => <Configuration template={value} />}
      </FetchedView>
    </>
  )
}

/** Shown when a page of a test is opened before the test was begun. */
export function NothingChosen() {
  return (
    <PlainPage title="Nothing chosen yet">
      <Typography sx={{ mb: 1 }}>First choose a protocol, the module and who runs the test.</Typography>
      <Link href={hrefOf({ page: 'test' })}>New test</Link>
    </PlainPage>
  )
}
