def log = new File(basedir, 'build.log').text
def says = { words ->
  if (!log.contains(words)) {
    throw new AssertionError("build.log does not say: ${words}")
  }
}
['receive', 'send', 'run', 'verify', 'doctor', 'help'].each { goal ->
  says('migrate:' + goal)
}
says('User property: migrate.numbersBefore')
says('User property: port')
return true
