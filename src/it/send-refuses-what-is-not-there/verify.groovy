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
matches(~/migrate:send was refused or failed.*4194302/)
matches(~/no session '1-0a0b0c0d' in .*target/)
says('MojoFailureException')
return true
