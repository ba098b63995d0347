def log = new File(basedir, 'build.log').text
assert log.contains('nothing to verify in this project. Configure a <command> or a <mainClass>')
assert log.contains('MojoExecutionException')
return true
