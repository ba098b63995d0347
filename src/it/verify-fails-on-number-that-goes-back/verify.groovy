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
matches(~/the numbers went back from 100 to 50/)
says('BUILD FAILURE')
says('MojoFailureException')

def reports = new File(basedir, 'target/migrate')
def report = new JsonSlurper().parse(new File(reports, 'report.json'))
assert report.verdict == 'failed'
assert report.mistake.kind == 'went-back'
assert report.problem =~ /the numbers went back from 100 to 50/

def suite = new groovy.xml.XmlSlurper().parse(new File(reports, 'TEST-migrate-verify.xml'))
assert suite.@failures.toInteger() == 1
return true
