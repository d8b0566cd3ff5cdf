import { availableParallelism } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import { runCommand, UsageError, wholeNumber } from './command/command.ts';
import { stopPrograms } from './suites/program.ts';
import { sideBySide } from './suites/side-by-side.ts';
import { listSuites, type Outcome, runSuite, suiteOf } from './suites/suites.ts';

/** Runs the tests and counts them. */

interface Plan {
  suites: string[];
  files: string[];
  grep: string | undefined;
  /** How many suites run side by side. */
  jobs: number;
}

interface Result extends Outcome {
  suite: string;
  seconds: number;
  isEmpty: boolean;
}

/** @throws UsageError if a name is neither a suite nor a test file. */
function plan(names: string[], grep: string | undefined, jobs: number): Plan {
  const all = listSuites();
  const files = names.filter((name) => /\.(test\.ts|t\.sol)$/.test(name));
  const asked = names.map((name) => (files.includes(name) ? suiteOf(name) : name));
  const unknown = asked.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no suite "${unknown}"; there are: ${all.join(', ')}`);
  }
  const suites = all.filter((suite) =>
    asked.length > 0 ? asked.includes(suite) : grep === undefined || suite !== 'check',
  );
  return { suites, files, grep, jobs };
}

async function run(suite: string, { files, grep, suites, jobs }: Plan): Promise<Result> {
  // What several suites print at the same time could not be read: it is held back until a suite has ended.
  const isAlone = suites.length === 1 || jobs === 1;
  console.log(isAlone ? `\n=== ${suite}` : `${suite} started`);
  const started = performance.now();
  const outcome = await runSuite(suite, {
    grep,
    files: files.filter((file) => suiteOf(file) === suite),
    onOutput: isAlone ? (text) => process.stdout.write(text) : () => {},
  });
  if (!isAlone) console.log(`\n=== ${suite}\n${outcome.output}`);
  const isEmpty = outcome.passed + outcome.failed === 0;
  // With --grep, most suites are empty on purpose.
  const failed = isEmpty && grep === undefined ? 1 : outcome.failed;
  return { ...outcome, failed, suite, isEmpty, seconds: (performance.now() - started) / 1000 };
}

/** What went wrong, as Mocha lists it at the end; of anything else the last lines. */
function failuresOf(output: string): string {
  const text = stripVTControlCharacters(output).trimEnd();
  const list = /^ *\d+ failing\b/m.exec(text);
  return list ? text.slice(list.index) : text.split('\n').slice(-40).join('\n');
}

/** The exit code. */
async function runAll(planned: Plan): Promise<number> {
  const started = performance.now();
  const results = await sideBySide(planned.suites, planned.jobs, (suite) => run(suite, planned));
  printSummary(results, (performance.now() - started) / 1000);
  const sum = (key: 'passed' | 'failed') => results.reduce((total, result) => total + result[key], 0);
  const passed = sum('passed');
  const failed = passed + sum('failed') === 0 ? 1 : sum('failed');
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function printSummary(results: Result[], all: number): void {
  for (const { suite, failed, output } of results) {
    if (failed > 0) console.log(`\n=== FAILED: ${suite}\n${failuresOf(output)}`);
  }
  console.log('');
  for (const { suite, passed, failed, skipped, seconds, isEmpty } of results) {
    const mark = failed > 0 ? 'FAILED ' : '';
    const note = isEmpty ? ' (no test ran)' : '';
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    console.log(`${mark}${suite}: ${counts} in ${seconds.toFixed(1)} s${note}`);
  }
  if (results.length > 1) console.log(`all suites in ${all.toFixed(1)} s`);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    stopPrograms();
    process.exit(code);
  });
}

await runCommand(
  {
    command: 'npm test --',
    summary: 'Runs the tests and counts them. Without a name it runs everything.',
    operands: '[SUITE | FILE ...]',
    options: {
      grep: { type: 'string', short: 'g', value: 'TEXT', help: 'only tests whose name matches' },
      jobs: {
        type: 'string',
        short: 'j',
        value: 'N',
        default: String(availableParallelism()),
        help: 'how many suites run side by side',
      },
    },
    notes: [
      `Suites: ${listSuites().join(', ')}.`,
      'Files end in .test.ts or .t.sol. The output of a suite is printed when the suite has ended, or as it comes if',
      'only one runs at a time. The last line is `N passed, N failed`.',
      '',
      '  npm test -- gateway',
      '  npm test -- test/store/sales.test.ts test/contracts/types/Totals.t.sol',
      '  npm test -- contracts anvil --grep "settle"',
    ],
  },
  async ({ values, positionals }) => {
    const planned = plan(positionals, values.grep, wholeNumber('jobs', values.jobs, 1, 64));
    try {
      return await runAll(planned);
    } catch (error) {
      // Whoever reads only the last line must see that it failed.
      console.log('\n0 passed, 1 failed');
      throw error;
    }
  },
);
