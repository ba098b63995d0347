import groovy.json.JsonSlurper

def log = new File(basedir, 'build.log').text
assert log =~ /the numbers went back from 100 to 50/
assert log.contains('BUILD FAILURE')
assert log.contains('MojoFailureException')

def reports = new File(basedir, 'target/migrate')
def report = new JsonSlurper().parse(new File(reports, 'report.json'))
assert report.verdict == 'failed'
assert report.mistake.kind == 'went-back'
assert report.problem =~ /the numbers went back from 100 to 50/

def suite = new groovy.xml.XmlSlurper().parse(new File(reports, 'TEST-migrate-verify.xml'))
assert suite.@failures.toInteger() == 1
return true
