package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a program stands in the file system after a move. */
class PlaceIT {
  @TempDir Path folder;

  @Test
  void deletedWorkingDirectoryStaysDeleted() throws Exception {
    String script =
        """
        import os, sys, tempfile, time
        home = tempfile.mkdtemp(dir=sys.argv[1])
        os.chdir(home)
        os.rmdir(home)
        while True:
          try:
            print("in", os.getcwd())
          except OSError as error:
            print(error.errno, os.stat(".").st_nlink, os.path.exists(".."))
          time.sleep(0.005)
        """;
    assertStaysAsItIs(List.of("/usr/bin/python3", "-uc", script, folder.toString()));
  }

  @Test
  void otherRootDirectoryStays() throws Exception {
    Path jail = Files.createDirectories(folder.resolve("jail"));
    Files.writeString(jail.resolve("marker"), "of the jail");
    Files.createDirectory(jail.resolve("cell"));
    String script =
        """
        $| = 1;
        chroot $ARGV[0] or die; chdir '/cell' or die;
        open my $file, '<', '/marker' or die;
        while (1) {
          seek $file, 0, 0;
          print join(' ', -e '/marker', -e '../marker', -e '/etc' || 0, <$file>), "\n";
          select undef, undef, undef, 0.005;
        }
        """;
    assertStaysAsItIs(List.of("/usr/bin/perl", "-e", script, jail.toString()));
  }

  private void assertStaysAsItIs(List<String> command) throws Exception {
    try (TargetProcess target = TargetProcess.start(folder, command);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      String before = target.lines().get(0);
      receiver.receive(target);
      target.awaitMoreLines(3);

      assertThat(target.lines()).containsOnly(before);
    }
  }
}
