import { fileURLToPath } from 'node:url'
import { createPageSource, type Page } from '../../engine/pageSource.ts'

export const rendererFolder = fileURLToPath(new URL('../../../out/renderer/', import.meta.url))

/** @throws StationError file.unreadable where the renderer wasn't built */
export const createPageMaker = (): (() => Page) => createPageSource(rendererFolder)
