/** Checks who imports whom, who reads the environment, and how long files are. Prints `file:line: what is right`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const root = join(import.meta.dirname, '..');
const maxLines = 400;

/** What each package may import of ours. */
const mayImport: Record<string, string[]> = {
  protocol: [],
  store: ['protocol'],
  indexer: ['protocol', 'store'],
  gateway: ['protocol', 'store'],
  audit: ['protocol'],
  dashboard: ['protocol'],
};
const testingOnly = /^(ethers|hardhat|typechain|mocha|chai|@typechain|@nomicfoundation)(\/|$)/;

interface Import {
  specifier: string;
  line: number;
  /** The file of ours that it names, if it is one. */
  target: string | undefined;
}

const findings: string[] = [];
const report = (file: string, line: number, message: string) => findings.push(`${file}:${line}: ${message}`);

function listFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const isSource = (file: string) => /\.([mc]?[jt]s|tsx|sol)$/.test(file) && !/\.generated\.ts$/.test(file);
  return [...new Set(listed.split('\0'))]
    .filter((file) => isSource(file) && existsSync(join(root, file)))
    .sort();
}

/** Blanks comments, keeping line numbers and strings. */
function stripComments(text: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found));
}

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;

function resolve(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(dirname(file), specifier);
  const [, name, door] = /^@plumbline\/([^/]+)(\/testing)?$/.exec(specifier) ?? [];
  return name === undefined ? undefined : `packages/${name}/src/${door ? 'testing' : 'index'}.ts`;
}

function findImports(file: string, code: string): Import[] {
  const statement = /^[ \t]*(?:import|export)\b(?:[^'"`;=()]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm;
  const call = /\b(?:import|require)\s*\(\s*(['"`])([^'"`\n]+)\1/g;
  return [...code.matchAll(statement), ...code.matchAll(call)].map((match) => {
    const specifier = match[2] ?? '';
    const index = match.index + match[0].lastIndexOf(specifier);
    return { specifier, line: lineAt(code, index), target: resolve(file, specifier) };
  });
}

function checkImport(file: string, { specifier, line, target }: Import): void {
  const own = /^packages\/([^/]+)\//.exec(file)?.[1];
  const named = /^@plumbline\/([^/]+)(\/.*)?$/.exec(specifier);
  const entered = specifier.startsWith('.') ? /^packages\/([^/]+)\//.exec(target ?? '')?.[1] : undefined;
  const isTestingDoor = named?.[2] === '/testing' && own === undefined && !file.startsWith('scripts/');
  if (named?.[2] !== undefined && !isTestingDoor) {
    report(
      file,
      line,
      `import '@plumbline/${named[1]}' instead of '${specifier}': the inside of a package is private`,
    );
  }
  if (entered !== undefined && entered !== own) {
    report(
      file,
      line,
      `import '@plumbline/${entered}' instead of '${specifier}': the inside of a package is private`,
    );
  }
  if (own === undefined) return;
  if (target !== undefined && entered === undefined && named === null) {
    report(
      file,
      line,
      `'${specifier}' lies outside packages/: a package imports only itself and packages below it`,
    );
  }
  if (named?.[1] === own) {
    report(file, line, `import the file by its relative path: this is the inside of '${specifier}'`);
  } else if (named?.[1] !== undefined && !(mayImport[own] ?? []).includes(named[1])) {
    const allowed = (mayImport[own] ?? []).join(', ') || 'none';
    report(file, line, `${own} must not import '${specifier}'; of our packages it may import: ${allowed}`);
  }
  if (testingOnly.test(specifier)) {
    report(
      file,
      line,
      `'${specifier}' belongs to test/ and scripts/; packages use viem and the generated ABI`,
    );
  }
  if (own === 'protocol' && specifier.startsWith('node:')) {
    report(
      file,
      line,
      `protocol is pure, without I/O or clock: '${specifier}' belongs in the package that calls it`,
    );
  }
}

function checkEnvironment(file: string, code: string): void {
  if (!file.startsWith('packages/') || /(^|\/)main\.ts$/.test(file)) return;
  const reading =
    /\bprocess\s*(?:\?\.|\.)\s*env\b|\bprocess\s*\[\s*['"]env|\benv\b[^;'"]*\}\s*from\s*['"](?:node:)?process['"]/g;
  for (const match of code.matchAll(reading)) {
    report(
      file,
      lineAt(code, match.index),
      'only main.ts reads the environment: take the value as a parameter',
    );
  }
}

function checkCircles(graph: Map<string, Import[]>): void {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    path.push(file);
    for (const { target, line } of graph.get(file) ?? []) {
      if (target === undefined || done.has(target) || !graph.has(target)) continue;
      const start = path.indexOf(target);
      if (start === -1) visit(target);
      else {
        const circle = [...path.slice(start), target].join(' -> ');
        report(file, line, `import circle: ${circle}; move what both need into a file below them`);
      }
    }
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) if (!done.has(file)) visit(file);
}

const graph = new Map<string, Import[]>();
const files = listFiles();
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > maxLines) report(file, maxLines + 1, `${lines} lines: split the file, ${maxLines} is the most`);
  if (file.endsWith('.test.ts') && !/^test\/[^/]+\//.test(file)) {
    report(file, 1, 'no test run finds this file: move it to a folder of test/');
  }
  if (file.endsWith('.sol')) continue;
  const code = stripComments(text);
  const imports = findImports(file, code);
  graph.set(file, imports);
  for (const found of imports) checkImport(file, found);
  checkEnvironment(file, code);
}
checkCircles(graph);

for (const finding of findings) console.error(finding);
console.log(`check-imports: ${files.length} files, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
