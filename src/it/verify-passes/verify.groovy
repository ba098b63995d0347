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
says('on the source')
says('on the destination')
matches(~/verdict +correct: \d+ numbers, each exactly once, none missing/)
says('BUILD SUCCESS')

def reports = new File(basedir, 'target/migrate')
def report = new JsonSlurper().parse(new File(reports, 'report.json'))
assert report.verdict == 'passed'
assert report.numbers.count >= 70
assert report.numbers.firstAfter == report.numbers.lastBefore + 1
assert report.migration.outcome == 'completed'
assert report.migration.mode == 'post-copy'
assert report.migration.downtimeMillis > 0
assert report.migration.threads > 2
assert report.migration.pages.resident > 0

assert new File(reports, 'report.html').text.startsWith('<!DOCTYPE html>')
def suite = new groovy.xml.XmlSlurper().parse(new File(reports, 'TEST-migrate-verify.xml'))
assert suite.@tests.toInteger() >= 1
assert suite.@failures.toInteger() == 0
return true
