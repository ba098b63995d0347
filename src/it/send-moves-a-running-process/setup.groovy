// The goal under test moves a counter that this script has started to a receiver that it has started too.
import java.util.concurrent.TimeUnit

def directory = basedir
def await = { String what, Closure<Boolean> condition ->
  long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300)
  while (!condition()) {
    assert System.nanoTime() < deadline : "no ${what} within 300 seconds"
    TimeUnit.MILLISECONDS.sleep(20)
  }
}

def java = System.getProperty('java.home') + '/bin/java'
def receiverError = new File(directory, 'receiver.err')
def receiver = new ProcessBuilder(java, '-jar', migrateJar, 'receive', '--port', '0', '--count', '1',
    '--rehearsals', '0')
    .directory(directory)
    .redirectOutput(new File(directory, 'receiver.out'))
    .redirectError(receiverError)
    .start()
await('receiver', { receiverError.text =~ /listening on \S+:\d+/ })
def address = (receiverError.text =~ /listening on (\S+:\d+)/)[0][1]

def output = new File(directory, 'target.out')
def target = new ProcessBuilder('python3', '-u', 'count.py')
    .directory(directory)
    .redirectInput(new File('/dev/null'))
    .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
    .redirectError(new File(directory, 'target.err'))
    .start()
await('numbers', { output.readLines().size() > 20 })

new File(directory, 'test.properties').text = "pid=${target.pid()}\nto=${address}\n"
def ends = new Thread({
  // Reaped here, or ended if the goal did not move it.
  boolean moved = target.waitFor(300, TimeUnit.SECONDS)
  if (!moved) {
    target.destroyForcibly()
  }
  new File(directory, 'moved').text = ''
  if (!receiver.waitFor(300, TimeUnit.SECONDS)) {
    receiver.destroy()
  }
  new File(directory, 'receiver.status').text = "${receiver.waitFor()}"
}, 'receiver-and-target')
ends.daemon = true
ends.start()
return true
