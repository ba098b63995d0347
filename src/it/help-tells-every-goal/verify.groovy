def log = new File(basedir, 'build.log').text
['receive', 'send', 'run', 'verify', 'doctor', 'help'].each { goal ->
  assert log.contains('migrate:' + goal)
}
assert log.contains('User property: migrate.numbersBefore')
assert log.contains('User property: port')
return true
