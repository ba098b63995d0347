package io.github.livemigration.programs;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Interpreters move while they work, unmodified, as Debian packages them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterpreterIT {
  @TempDir Path folder;
  @AutoClose private final Moves moves = new Moves();

  @Test
  void pythonMultipliesMatricesInThreads() throws Exception {
    moves.moveCounting(folder, List.of("/usr/bin/python3", Moves.resource("churn.py")));
  }

  @Test
  void perlDigestsWhileATimerInterruptsIt() throws Exception {
    moves.moveCounting(folder, List.of("perl", Moves.resource("churn.pl")));
  }

  @Test
  void nodeKeepsItsTimersPromisesAndWorkers() throws Exception {
    moves.moveCounting(folder, List.of("node", Moves.resource("churn.js")));
  }

  @Test
  void rubyKeepsItsThreadsAndFibers() throws Exception {
    moves.moveCounting(folder, List.of("ruby", Moves.resource("churn.rb")));
  }

  @Test
  void shellOfStaticBusyboxAdds() throws Exception {
    moves.moveCounting(folder, List.of("busybox", "sh", Moves.resource("churn.sh")));
  }
}
