import groovy.json.JsonSlurper

def log = new File(basedir, 'build.log').text
assert log =~ /listening on 127\.0\.0\.1:\d+/
assert log.contains('BUILD SUCCESS')
assert new File(basedir, 'sender.status').text == '0'

// What the counter printed here and there is one sequence: nothing twice, nothing missing.
def before = new File(basedir, 'sender.out').readLines().findAll { it =~ /^\d+$/ }*.toInteger()
def after = log.readLines().findAll { it =~ /^\d+$/ }*.toInteger()
assert before.size() > 20
assert after.size() > 20
assert before + after == (1..800).toList()

def receiver = new JsonSlurper().parse(new File(basedir, 'target/receiver.json'))
assert receiver.outcome == 'completed'
assert receiver.pages.resident > 0
def sender = new JsonSlurper().parse(new File(basedir, 'sender.json'))
assert sender.outcome == 'completed'
assert sender.pid == receiver.pid
return true
