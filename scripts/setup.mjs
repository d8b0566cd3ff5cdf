// Prepares a fresh clone and then runs a script of the project:
//   node scripts/setup.mjs [scripts/some.ts [arguments...]]
// It must run on Node 20 before anything is installed, so it is plain JavaScript without dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.plumbline-setup');
const onWindows = process.platform === 'win32';

/** Whether this version of Node is at least `major.minor`. */
function isAtLeast(version, major, minor) {
  const [, a, b] = /^v(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return a !== undefined && (Number(a) > major || (Number(a) === major && Number(b) >= minor));
}

function versionOf(node) {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim();
}

function fail(message, code = 1) {
  console.error(`setup: ${message}`);
  process.exit(code);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

function install() {
  console.log('setup: installing dependencies (npm ci)');
  // Our own Node, first in PATH under `npm run`, goes away with node_modules: use the one npm itself runs on.
  const node = process.env.npm_node_execpath ?? process.execPath;
  const isNewEnough = !node.startsWith(modules) && isAtLeast(versionOf(node), 22, 0);
  rmSync(modules, { recursive: true, force: true });
  // Under an older Node npm skips the platform binaries that ask for Node 22, so a newer one runs it.
  const newer = isNewEnough ? [] : ['npx', '--yes', '--package=node@24', '--'];
  const [command, ...args] = [...newer, 'npm', 'ci', '--no-audit', '--no-fund'];
  const env = { ...process.env, PATH: pathWithout(join(modules, '.bin')) };
  const { status, error } = spawnSync(command, args, { cwd: root, env, shell: onWindows, stdio: 'inherit' });
  if (error) fail(`npm could not be started: ${error.message}`);
  if (status !== 0) fail('npm ci failed; its message is above', status ?? 1);
  writeFileSync(stamp, lockHash());
}

function pathWithout(folder) {
  const entries = (process.env.PATH ?? '').split(delimiter);
  return entries.filter((entry) => entry !== folder).join(delimiter);
}

/** The Node that runs the project: this one if it runs TypeScript by itself, else the installed Node 24. */
function findNode() {
  if (isAtLeast(process.version, 22, 18)) return process.execPath;
  const installed = join(modules, 'node', 'bin', onWindows ? 'node.exe' : 'node');
  if (isAtLeast(versionOf(installed), 22, 18)) return installed;
  return fail(`Node ${process.version} is too old and ${installed} does not run; please install Node 24`);
}

function compile(node, env) {
  const cli = join(modules, 'hardhat', 'dist', 'src', 'cli.js');
  const hasTypes = existsSync(join(root, 'types', 'hardhat.d.ts'));
  const args = hasTypes ? [cli, 'build'] : [cli, 'build', '--force'];
  if (!hasTypes) console.log('setup: compiling the contracts; this takes a minute or two');
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) fail(`the contracts do not compile:\n${stdout ?? ''}${stderr ?? ''}`, status ?? 1);
}

function run(node, script, args, env) {
  const child = spawn(node, [join(root, script), ...args], { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group, the child included; any other sender sends it only to us.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm passes SIGTERM only to its shell, which ends and leaves this process behind: then it is time to stop.
  const parent = process.ppid;
  const stopIfAlone = () => process.ppid !== parent && child.kill('SIGTERM');
  if (process.env.npm_lifecycle_event !== undefined) setInterval(stopIfAlone, 500).unref();
  child.on('error', (error) => fail(`${script} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const [script, ...args] = process.argv.slice(2);
if (script === '--help' || script === '-h') {
  console.log(`Installs the dependencies and compiles the contracts, if either is not up to date, then runs a script.

  npm run setup
  node scripts/setup.mjs [SCRIPT [ARGUMENT ...]]`);
  process.exit(0);
}
if (script?.startsWith('-')) fail(`Unknown option '${script}'; --help lists what there is`, 2);

if (!isInstalled()) install();
const node = findNode();
const env = {
  ...process.env,
  PATH: [join(modules, '.bin'), pathWithout(join(modules, '.bin'))].join(delimiter),
  HARDHAT_DISABLE_TELEMETRY: 'true',
};
compile(node, env);
if (script !== undefined) run(node, script, args, env);
