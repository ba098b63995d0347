// The goal under test starts a counter. This script gives the counter its SIGUSR2 once it counts, and waits for it at a receiver.
import java.util.concurrent.TimeUnit

def directory = basedir
def await = { String what, Closure<Boolean> condition ->
  long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300)
  while (!condition()) {
    assert System.nanoTime() < deadline : "no ${what} within 300 seconds"
    TimeUnit.MILLISECONDS.sleep(50)
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
new File(directory, 'test.properties').text = "to=${address}\nmigrate.command=python3,-u,count.py\n"

def driver = new Thread({
  def log = new File(directory, 'build.log')
  def started = /target started: pid (\d+)/
  try {
    await('counter', { log.exists() && log.text =~ started && log.readLines().count { it =~ /^\d+$/ } > 20 })
    ['kill', '-USR2', (log.text =~ started)[0][1]].execute().waitFor()
    await('move', { receiverError.text.contains('restored: pid') })
  } finally {
    new File(directory, 'moved').text = ''
    if (!receiver.waitFor(300, TimeUnit.SECONDS)) {
      receiver.destroy()
    }
    new File(directory, 'receiver.status').text = "${receiver.waitFor()}"
  }
}, 'signal-and-receiver')
driver.daemon = true
driver.start()
return true
