import groovy.json.JsonSlurper

def log = new File(basedir, 'build.log').text
def says = { words ->
  if (!log.contains(words)) {
    throw new AssertionError("build.log does not say: ${words}")
  }
}
def matches = { pattern ->
  if (!(log =~ pattern)) {
    throw new AssertionError("build.log does not match: ${pattern}")
  }
}
says('Tests run: 2, Failures: 0, Errors: 0, Skipped: 0')
// The goal runs the migration tests alone, at the version of JUnit that this project uses.
matches(~/passed +TickerTest.goesOnCounting/)
says('Live migration tests: 1 run, 1 passed, 0 failed, 0 skipped.')
says('BUILD SUCCESS')

def report = new JsonSlurper().parse(new File(basedir, 'target/migrate/report.json'))
assert report.passed
assert report.tests.size() == 1
assert report.tests[0].name.startsWith('goesOnCounting')
return true
