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
matches(~/listening on 127\.0\.0\.1:\d+/)
says('BUILD SUCCESS')
assert new File(basedir, 'sender.status').text == '0'

// What the counter printed here and there is one sequence: nothing twice, nothing missing.
def before = new File(basedir, 'sender.out').readLines().findAll { it =~ /^\d+$/ }*.toInteger()
def after = log.readLines().findAll { it =~ /^\d+$/ }*.toInteger()
assert before.size() > 20
assert after.size() >= 200
def all = before + after
assert all == (1..all.size()).toList()

def receiver = new JsonSlurper().parse(new File(basedir, 'target/receiver.json'))
assert receiver.outcome == 'completed'
assert receiver.pages.resident > 0
def sender = new JsonSlurper().parse(new File(basedir, 'sender.json'))
assert sender.outcome == 'completed'
assert sender.pid == receiver.pid
return true
