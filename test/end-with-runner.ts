// Loaded into every process of a test run: it ends when `test/run.ts` is gone, so that a run that was killed
// leaves nobody at work, and no Lightning node running, for tests that nobody reads.
// Not PORTAL_…: the daemons that tests start would take it for a setting.
const runner = Number(process.env.TEST_RUNNER_PID ?? process.ppid)

function endWithRunner(): void {
  try {
    process.kill(runner, 0)
  } catch {
    process.exit(1)
  }
}

endWithRunner()
setInterval(endWithRunner, 500).unref()
