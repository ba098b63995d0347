def log = new File(basedir, 'build.log').text
def says = { words ->
  if (!log.contains(words)) {
    throw new AssertionError("build.log does not say: ${words}")
  }
}
says('Skipped, as migrate.skip says.')
assert !new File(basedir, 'target/migrate').exists()
return true
