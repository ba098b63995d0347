import groovy.json.JsonSlurper

def log = new File(basedir, 'build.log').text
assert log =~ /100 to 101 are missing: after 99 came 102/
assert log.contains('BUILD FAILURE')
assert log.contains('MojoFailureException')

def reports = new File(basedir, 'target/migrate')
def report = new JsonSlurper().parse(new File(reports, 'report.json'))
assert report.verdict == 'failed'
assert report.mistake.kind == 'skipped'
assert report.problem =~ /100 to 101 are missing: after 99 came 102/

def suite = new groovy.xml.XmlSlurper().parse(new File(reports, 'TEST-migrate-verify.xml'))
assert suite.@failures.toInteger() == 1
return true
