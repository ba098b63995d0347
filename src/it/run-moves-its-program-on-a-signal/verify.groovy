import groovy.json.JsonSlurper
import java.util.concurrent.TimeUnit

def log = new File(basedir, 'build.log')
assert log.text.contains('BUILD SUCCESS')

def status = new File(basedir, 'receiver.status')
long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300)
while (!status.exists() && System.nanoTime() < deadline) {
  TimeUnit.MILLISECONDS.sleep(50)
}
assert status.text == '0'

// What the counter printed here and there is one sequence: nothing twice, nothing missing.
def before = log.readLines().findAll { it =~ /^\d+$/ }*.toInteger()
def after = new File(basedir, 'receiver.out').readLines()*.toInteger()
assert before.size() > 20
assert after.size() >= 200
def all = before + after
assert all == (1..all.size()).toList()

def sender = new JsonSlurper().parse(new File(basedir, 'sender.json'))
assert sender.outcome == 'completed'
assert sender.pages.resident > 0
return true
