def log = new File(basedir, 'build.log').text
def says = { words ->
  if (!log.contains(words)) {
    throw new AssertionError("build.log does not say: ${words}")
  }
}
says('nothing to verify in this project. Configure a <command> or a <mainClass>')
says('MojoExecutionException')
return true
