def log = new File(basedir, 'build.log').text
assert log.contains('Skipped, as migrate.skip says.')
assert !new File(basedir, 'target/migrate').exists()
return true
