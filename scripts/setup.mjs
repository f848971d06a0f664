// Brings a fresh clone to where it can run: dependencies, then the build. Runs on any Node from 20 on, without any package.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const stamps = join(root, 'node_modules', '.cache', 'pvtp')

/** Ends with one plain line. */
export function giveUp(line) {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

export const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }

/** Runs a command of the project with its own Node first in the PATH. Windows finds the .cmd files only through a shell. */
export const run = (command, args, options = {}) =>
  spawnSync(command, args, {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  })

const hashOf = (paths) => {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(relative(root, path)).update(readFileSync(path))
  return hash.digest('hex')
}

const isFresh = (name, hash) => {
  const stamp = join(stamps, name)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
}

const markFresh = (name, hash) => {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), hash)
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** One set-up at a time: a second one waits for the first, and then finds its work done. A dead one's lock is taken over. */
function alone(work) {
  const lock = join(root, '.setup-lock')
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') giveUp(`The folder ${root} can’t be written to: ${error.message}`)
      const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
      if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    }
  }
  const release = () => rmSync(lock, { force: true })
  process.once('exit', release)
  work()
  release()
}

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

const projectNodeVersion = () => {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const done = run(join(root, 'node_modules', 'node', 'bin', name), ['--version'], { stdio: 'pipe', shell: false })
  return String(done.stdout ?? '')
}

function installDependencies() {
  const hash = hashOf([join(root, 'package-lock.json')])
  if (isFresh('dependencies', hash)) return
  alone(() => installNow(hash))
}

function installNow(hash) {
  if (isFresh('dependencies', hash)) return
  process.stderr.write('Installing dependencies (once; some minutes on a slow line) …\n')
  const npm = spawnSync('npm', ['--version'], { cwd: root, shell: process.platform === 'win32' })
  if (npm.status !== 0)
    giveUp('npm is missing: install Node.js 20 or newer together with npm, then run the command again.')
  // What the installer says about engines concerns the Node that installs; the project brings the Node that runs.
  const done = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 2, 2] })
  if (done.status !== 0)
    giveUp(
      'The dependencies could not be installed: see the lines above; check the network and the npm registry, then run the command again.',
    )
  // The package "node" fetches the Node of this machine's kind from the registry in its install script.
  const node = run('npm', ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  })
  if (node.status !== 0 || !projectNodeVersion().startsWith('v24.'))
    giveUp(
      'The project’s own Node 24 could not be installed: see the lines above; check the npm registry, then run the command again.',
    )
  markFresh('dependencies', hash)
}

/** Builds the window, the shell and the page whenever one of their sources changed. */
export function build() {
  if (process.env.PVTP_SET_UP === 'done') return
  const sources = ['src', 'drivers', 'protocols'].flatMap((folder) => filesBelow(join(root, folder)))
  const hash = hashOf([...sources.sort(), join(root, 'electron.vite.config.ts'), join(root, 'package-lock.json')])
  if (isBuilt(hash)) return
  alone(() => buildNow(hash))
}

const isBuilt = (hash) => isFresh('build', hash) && existsSync(join(root, 'out', 'renderer', 'index.html'))

function buildNow(hash) {
  if (isBuilt(hash)) return
  process.stderr.write('Building the user interface …\n')
  const done = run('electron-vite', ['build', '--logLevel', 'error'], { stdio: ['ignore', 2, 2] })
  if (done.status !== 0) giveUp('The build failed: see the lines above.')
  markFresh('build', hash)
}

/** Does nothing where a parent process has done it: a test must never install anything. */
export function setUp() {
  if (process.env.PVTP_SET_UP === 'done') return
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20)
    giveUp(
      `Node.js 20 or newer is needed, this is ${process.versions.node}: install it from your system or from the Node.js site.`,
    )
  installDependencies()
}

/** Starts the program proper and ends as it ends; a stop of this process is passed on to it, which then ends in order. */
export function becomeChild(command, args) {
  const env = { ...environment, PVTP_SET_UP: 'done' }
  const child = spawn(command, args, { env, stdio: 'inherit', shell: process.platform === 'win32' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => giveUp(`${command} could not be started: ${error.message}`))
  child.on('exit', (code) => process.exit(code ?? 1))
}
