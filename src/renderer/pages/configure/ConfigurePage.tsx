import { Box, Button, LinearProgress, Link, Typography } from '@mui/material'
import type { InstrumentState } from '../../../contract/api.ts'
import type { Parameter, Template } from '../../../contract/template.ts'
import { groups } from '../../logic/parameters.ts'
import { prepareRequest, type Prepared } from '../../logic/request.ts'
import { hrefOf } from '../../logic/route.ts'
import { ActionBar } from '../../parts/ActionBar.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ParameterGroup } from '../../parts/ParameterGroup.tsx'
import { PlainPage } from '../../frame/PlainPage.tsx'
import { useDraft } from '../../state/draft.ts'
import { goTo, useFetched, useTemplate } from '../../state/hooks.ts'
import { useMirror } from '../../state/station.ts'
import { LaneServing } from './LaneServing.tsx'
import { LanesEditor } from './LanesEditor.tsx'
import { PartParameters } from './PartParameters.tsx'
import { RolePicker } from './RolePicker.tsx'

interface InstrumentsProps {
  template: Template
  prepared: Prepared
  instruments: readonly InstrumentState[]
}

/** Who plays which part; where each module has its own, what serves which. */
function Instruments({ template, prepared, instruments }: InstrumentsProps) {
  const { module, others, setRole } = useDraft()
  const moduleIds = [module.id, ...others.map(({ id }) => id)]
  return (
    <Panel title="Instruments">
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', md: 'repeat(3, minmax(0, 1fr))' } }}>
        {template.roles.map((need) => {
          const chosen = prepared.roles[need.name] ?? []
          return (
            <Box key={need.name}>
              <RolePicker
                need={need}
                instruments={instruments}
                chosen={chosen}
                problem={prepared.roleProblems[need.name]}
                onChoose={(ids) => setRole(need.name, ids)}
              />
              {need.perLane === true && template.lanes !== undefined && (
                <LaneServing need={need} chosen={chosen} instruments={instruments} moduleIds={moduleIds} />
              )}
            </Box>
          )
        })}
      </Box>
    </Panel>
  )
}

/** This test's own values first; what came with the protocols in it stays closed below. */
function Parameters({ template, prepared }: { template: Template; prepared: Prepared }) {
  const { texts, setText, reset } = useDraft()
  const fetched = useFetched({
    key: `parts of ${template.id}`,
    fetch: (client) => client.protocols.parts({ id: template.id }),
  })
  const parts = fetched.state === 'here' ? fetched.value : []
  const isOfPart = ({ name, group }: Parameter): boolean =>
    group !== 'module' && parts.some(({ parameters }) => parameters.includes(name))
  const common = { texts, problems: prepared.parameterProblems, onText: setText, onReset: reset }
  const own = template.parameters.filter((parameter) => !isOfPart(parameter))
  if (fetched.state === 'waiting') return <LinearProgress aria-label="Fetching the parameters" />
  return (
    <>
      {groups.map((group) => (
        <ParameterGroup key={group} group={group} parameters={own} {...common} />
      ))}
      {parts.map(({ protocolId, title, parameters }) => (
        <PartParameters
          key={protocolId}
          title={`${title} (${protocolId})`}
          parameters={template.parameters.filter((each) => isOfPart(each) && parameters.includes(each.name))}
          {...common}
        />
      ))}
    </>
  )
}

function Configuration({ template }: { template: Template }) {
  const draft = useDraft()
  const instruments = useMirror((state) => state.instruments)
  const prepared = prepareRequest(template, draft, instruments)
  const problems = prepared.problemCount
  // From here on the choice stays, even if the health of an instrument changes what would be suggested.
  const check = (): void => {
    for (const need of template.roles) draft.setRole(need.name, prepared.roles[need.name] ?? [])
    goTo({ page: 'preflight' })
  }
  return (
    <>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {template.lanes !== undefined && (
          <LanesEditor
            template={template}
            lanes={template.lanes}
            problems={prepared.laneProblems}
            countProblem={prepared.countProblem}
          />
        )}
        <Instruments template={template} prepared={prepared} instruments={instruments} />
        <Parameters template={template} prepared={prepared} />
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
