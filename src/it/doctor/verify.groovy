def log = new File(basedir, 'build.log').text
def says = { words ->
  if (!log.contains(words)) {
    throw new AssertionError("build.log does not say: ${words}")
  }
}
says('userfaultfd')
says('this host can migrate processes')
says('BUILD SUCCESS')
return true
