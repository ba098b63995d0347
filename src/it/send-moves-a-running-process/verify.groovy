import groovy.json.JsonSlurper
import java.util.concurrent.TimeUnit

assert new File(basedir, 'build.log').readLines().any { it.contains('BUILD SUCCESS') }

// The counter goes on at the receiver, and ends there.
def status = new File(basedir, 'receiver.status')
long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300)
while (!status.exists() && System.nanoTime() < deadline) {
  TimeUnit.MILLISECONDS.sleep(50)
}
assert status.text == '0'

// Its output is a regular file, which is opened again where it was: one sequence, nothing twice.
def numbers = new File(basedir, 'target.out').readLines()*.toInteger()
assert numbers.size() >= 200
assert numbers == (1..numbers.size()).toList()

def sender = new JsonSlurper().parse(new File(basedir, 'sender.json'))
assert sender.outcome == 'completed'
assert sender.pages.resident > 0
return true
