def log = new File(basedir, 'build.log').text
assert log.contains('userfaultfd')
assert log =~ /(?i)kernel/
assert log.contains('BUILD SUCCESS')
return true
