def log = new File(basedir, 'build.log').text
def says = { words ->
  if (!log.contains(words)) {
    throw new AssertionError("build.log does not say: ${words}")
  }
}
says('migrate:verify: 3 parameters are wrong:')
says('<mainClass> (-Dmigrate.mainClass) and <command> exclude each other')
says('<numbersBefore> (-Dmigrate.numbersBefore) is 0, and must be at least 1')
says("<mode> (-Dmigrate.mode) is wrong: no mode 'magic'")
says('MojoExecutionException')
assert !new File(basedir, 'target/migrate').exists()
return true
