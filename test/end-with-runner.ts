// Loaded into every process of a test run: it ends when `test/run.ts` is gone, so that a run that was killed
// leaves nobody at work, and no Lightning node running, for tests that nobody reads.
const runner = Number(process.env.PORTAL_TEST_RUNNER ?? process.ppid)

function endWithRunner(): void {
  try {
    process.kill(runner, 0)
  } catch {
    process.exit(1)
  }
}

endWithRunner()
setInterval(endWithRunner, 500).unref()
