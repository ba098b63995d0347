def log = new File(basedir, 'build.log').text
assert log =~ /migrate:send was refused or failed.*4194302/
assert log.contains('MojoFailureException')
return true
