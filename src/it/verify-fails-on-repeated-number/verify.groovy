import groovy.json.JsonSlurper

def log = new File(basedir, 'build.log').text
assert log =~ /100 came twice/
assert log.contains('BUILD FAILURE')
assert log.contains('MojoFailureException')

def reports = new File(basedir, 'target/migrate')
def report = new JsonSlurper().parse(new File(reports, 'report.json'))
assert report.verdict == 'failed'
assert report.mistake.kind == 'repeated'
assert report.problem =~ /100 came twice/

def suite = new groovy.xml.XmlSlurper().parse(new File(reports, 'TEST-migrate-verify.xml'))
assert suite.@failures.toInteger() == 1
return true
