import { StationError } from '../contract/errors.ts'
import type { StepBase, Template } from '../contract/template.ts'
import { innerSteps } from './executor/progress.ts'

const fileName = /^pictures\/[A-Za-z0-9][A-Za-z0-9._-]*\.(png|jpe?g|webp)$/
const embedded = /^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/]+=*$/
/** A question with its picture goes to every window, again and again. */
const mostBytes = 300_000
const mostChars = Math.ceil((mostBytes / 3) * 4) + 64

/**
 * Puts the pictures that lie beside the protocols into the template itself: what a run was asked with is in its
 * snapshot then, under the template's hash, and a picture that changes makes it another template.
 *
 * @param pictures as data URLs, by their names such as `pictures/clamp.png`
 * @throws StationError protocol.invalid that names the step
 */
export function withPictures(template: Template, file: string, pictures: ReadonlyMap<string, string>): Template {
  const refuse = (step: StepBase, detail: string): StationError =>
    new StationError('protocol.invalid', { file, detail: `step ${step.id}, picture: ${detail}` })
  const pictureOf = (step: StepBase, name: string): string => {
    const isOwn = name.startsWith('data:')
    if (!isOwn && !fileName.test(name))
      throw refuse(
        step,
        `“${name.slice(0, 60)}” is no PNG, JPEG or WebP file in the folder pictures beside the protocols`,
      )
    const found = isOwn ? name : pictures.get(name)
    if (found === undefined) throw refuse(step, `there is no ${name}`)
    if (!embedded.test(found)) throw refuse(step, 'it is no PNG, JPEG or WebP picture')
    if (found.length > mostChars) throw refuse(step, `it has more than ${mostBytes / 1000} kB`)
    return found
  }
  const stepWith = (step: StepBase): StepBase => {
    const own = typeof step['picture'] === 'string' ? { ...step, picture: pictureOf(step, step['picture']) } : step
    if (innerSteps(own).length === 0) return own
    const inner = ['setup', 'main', 'steps', 'teardown'].flatMap((key) => {
      const steps = own[key] as StepBase[] | undefined
      return steps ? [[key, steps.map(stepWith)]] : []
    })
    return { ...own, ...(Object.fromEntries(inner) as object) }
  }
  return { ...template, steps: template.steps.map(stepWith) }
}
