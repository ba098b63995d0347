def log = new File(basedir, 'build.log').text
assert log.contains('migrate:verify: 3 parameters are wrong:')
assert log.contains('<mainClass> (-Dmigrate.mainClass) and <command> exclude each other')
assert log.contains('<numbersBefore> (-Dmigrate.numbersBefore) is 0, and must be at least 1')
assert log.contains("<mode> (-Dmigrate.mode) is wrong: no mode 'magic'")
assert log.contains('MojoExecutionException')
assert !new File(basedir, 'target/migrate').exists()
return true
