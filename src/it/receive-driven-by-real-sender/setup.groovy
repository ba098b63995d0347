// The goal under test waits for a sender. This script starts one in the background: a counter under
// `migrate.jar run`, which gets its SIGUSR2 as soon as the goal listens.
import java.util.concurrent.TimeUnit

int port = new ServerSocket(0).withCloseable { it.localPort }
new File(basedir, 'test.properties').text = "port=${port}\n"

def directory = basedir
def java = System.getProperty('java.home') + '/bin/java'
def command = [java, '-jar', migrateJar, 'run', '--to', "127.0.0.1:${port}".toString(),
               '--report', 'sender.json', '--rehearsals', '0', '--', 'python3', '-u', 'count.py']
def sender = new ProcessBuilder(command)
    .directory(directory)
    .redirectError(new File(directory, 'sender.err'))
    .start()
// A pipe on the source: after the move the counter writes to the standard output of the receiver. A file would be opened again.
def output = new FileOutputStream(new File(directory, 'sender.out'))
def reader = sender.consumeProcessOutputStream(output)

// A port is seen to be listened on without connecting to it.
def listens = {
  String local = String.format(':%04X', port)
  ['/proc/net/tcp', '/proc/net/tcp6'].any { table ->
    new File(table).readLines().any {
      def fields = it.trim().split(/\s+/)
      fields.length > 3 && fields[1].endsWith(local) && fields[3] == '0A'
    }
  }
}

def driver = new Thread({
  long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300)
  while (sender.alive && System.nanoTime() < deadline
      && !(listens() && new File(directory, 'sender.out').readLines().size() > 20)) {
    TimeUnit.MILLISECONDS.sleep(50)
  }
  def started = new File(directory, 'sender.err').text =~ /target started: pid (\d+)/
  if (started) {
    ['kill', '-USR2', started[0][1]].execute().waitFor()
  }
  if (!sender.waitFor(300, TimeUnit.SECONDS)) {
    sender.destroy()
  }
  reader.join()
  output.close()
  new File(directory, 'moved').text = ''
  new File(directory, 'sender.status').text = "${sender.waitFor()}"
}, 'real-sender')
driver.daemon = true
driver.start()
return true
