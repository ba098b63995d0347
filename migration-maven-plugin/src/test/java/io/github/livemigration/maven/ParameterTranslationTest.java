package io.github.livemigration.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.junit.jupiter.api.Test;

final class ParameterTranslationTest {

  private static final String RECEIVER = "127.0.0.1:43001";

  @Test
  void receiveListensWhereItIsTold() {
    ReceiveMojo receive = new ReceiveMojo();
    Goals.set(receive, "port", 43001);
    Goals.set(receive, "bind", "127.0.0.2");

    assertThat(receive.arguments())
        .containsExactly("receive", "--port", "43001", "--bind", "127.0.0.2");
  }

  @Test
  void receivePassesOnCountAndReport() {
    ReceiveMojo receive = new ReceiveMojo();
    Goals.set(receive, "count", 2);
    Goals.set(receive, "report", new File("/tmp/report.json"));

    assertThat(receive.arguments())
        .containsSequence("--count", "2", "--report", "/tmp/report.json");
  }

  @Test
  void receivePassesOnPatienceAndKeys() {
    ReceiveMojo receive = new ReceiveMojo();
    Goals.set(receive, "timeout", "connect=3,outage=60");
    Goals.set(receive, "keystore", new File("/etc/key.p12"));
    Goals.set(receive, "truststore", new File("/etc/trust.p12"));
    Goals.set(receive, "passwordFile", new File("/etc/password"));

    assertThat(receive.arguments())
        .containsSequence(
            "--timeout",
            "connect=3,outage=60",
            "--keystore",
            "/etc/key.p12",
            "--truststore",
            "/etc/trust.p12",
            "--password-file",
            "/etc/password");
  }

  @Test
  void receivePassesOnWhomAndWhatItAdmits() {
    ReceiveMojo receive = new ReceiveMojo();
    Goals.set(receive, "endWithReceiver", true);
    Goals.set(receive, "allowSenders", List.of("CN=one", "CN=two"));
    Goals.set(receive, "allowUids", List.of(1000, 1001));
    Goals.set(receive, "allowPaths", List.of("/usr", "/opt/app"));
    Goals.set(receive, "maxMib", 512L);
    Goals.set(receive, "maxThreads", 64);
    Goals.set(receive, "rehearsals", 7);

    assertThat(receive.arguments())
        .containsSequence(
            "--end-with-receiver",
            "--allow-sender",
            "CN=one",
            "--allow-sender",
            "CN=two",
            "--allow-uid",
            "1000",
            "--allow-uid",
            "1001",
            "--allow-path",
            "/usr",
            "--allow-path",
            "/opt/app",
            "--max-mib",
            "512",
            "--max-threads",
            "64",
            "--rehearsals",
            "7");
  }

  @Test
  void limitsAndRehearsalsThatMakeNoSenseAreNamed() {
    ReceiveMojo receive = new ReceiveMojo();
    Goals.set(receive, "maxMib", 0L);
    Goals.set(receive, "maxThreads", 0);
    Goals.set(receive, "rehearsals", -1);

    assertThatThrownBy(receive::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("<maxMib> (-Dmigrate.maxMib) is 0, and must be at least 1")
        .hasMessageContaining("<maxThreads> (-Dmigrate.maxThreads) is 0, and must be at least 1")
        .hasMessageContaining("<rehearsals> (-Dmigrate.rehearsals) is -1, and cannot be negative");
  }

  @Test
  void receiveNamesAllThatIsWrongAtOnce() {
    ReceiveMojo receive = new ReceiveMojo();
    Goals.set(receive, "port", 70000);
    Goals.set(receive, "count", -1);

    assertThatThrownBy(receive::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("2 parameters are wrong")
        .hasMessageContaining("<port> (-Dport) is 70000, and a port is 0 to 65535")
        .hasMessageContaining("<count> (-Dmigrate.count) is -1, and cannot be negative");
  }

  @Test
  void sendMovesTheProcessThatIsNamed() {
    SendMojo send = new SendMojo();
    Goals.set(send, "pid", 4711);

    assertThat(send.arguments()).containsExactly("send", "--pid", "4711");
  }

  @Test
  void sendPassesOnEveryParameter() {
    SendMojo send = new SendMojo();
    Goals.set(send, "pid", 4711);
    Goals.set(send, "to", RECEIVER);
    Goals.set(send, "mode", "hybrid");
    Goals.set(send, "verifyPages", true);
    Goals.set(send, "report", new File("/tmp/report.json"));

    assertThat(send.arguments())
        .containsExactly(
            "send",
            "--pid",
            "4711",
            "--to",
            RECEIVER,
            "--mode",
            "hybrid",
            "--verify",
            "--report",
            "/tmp/report.json");
  }

  @Test
  void sendGoesOnWithASession() {
    SendMojo send = new SendMojo();
    Goals.set(send, "resume", "4711-0a0b0c0d");
    Goals.set(send, "state", new File("/var/sessions"));
    Goals.set(send, "rehearsals", 0);

    assertThat(send.arguments())
        .containsExactly(
            "send", "--resume", "4711-0a0b0c0d", "--state", "/var/sessions", "--rehearsals", "0");
  }

  @Test
  void sendTakesAProcessOrASession() {
    SendMojo send = new SendMojo();
    Goals.set(send, "pid", 4711);
    Goals.set(send, "resume", "4711-0a0b0c0d");

    assertThatThrownBy(send::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessage("migrate:send: <resume> (-Dmigrate.resume) and <pid> exclude each other");
  }

  @Test
  void sendAsksForTheProcessThatIsMissing() {
    assertThatThrownBy(new SendMojo()::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessage("migrate:send: <pid> (-Dpid) is missing: the id of the process to move");
  }

  @Test
  void sendKnowsTheModesThatThereAre() {
    SendMojo send = new SendMojo();
    Goals.set(send, "pid", 4711);
    Goals.set(send, "mode", "magic");

    assertThatThrownBy(send::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("<mode> (-Dmigrate.mode) is wrong")
        .hasMessageContaining("post-copy, hybrid");
  }

  @Test
  void runKeepsTheOptionsOfTheProgramApartFromItsOwn() {
    RunMojo run = new RunMojo();
    Goals.set(run, "command", List.of("python3", "-u", "count.py"));
    Goals.set(run, "to", RECEIVER);
    Goals.set(run, "signal", "USR1");

    assertThat(run.arguments())
        .containsExactly(
            "run", "--to", RECEIVER, "--signal", "USR1", "--", "python3", "-u", "count.py");
  }

  @Test
  void runAsksForTheProgramThatIsMissing() {
    assertThatThrownBy(new RunMojo()::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessage("migrate:run: <command> (-Dmigrate.command) is missing: the program to start");
  }

  @Test
  void doctorSpeaksJsonWhenAsked() {
    DoctorMojo doctor = new DoctorMojo();
    assertThat(doctor.arguments()).containsExactly("doctor");

    Goals.set(doctor, "json", true);
    assertThat(doctor.arguments()).containsExactly("doctor", "--json");
  }

  @Test
  void everyGoalCanBeSkipped() {
    for (AbstractMigrateMojo goal :
        List.of(
            new ReceiveMojo(), new SendMojo(), new RunMojo(), new VerifyMojo(), new DoctorMojo())) {
      Goals.set(goal, "skip", true);

      // Not one of them is configured or injected: whatever it did, it would fail.
      assertThatCode(goal::execute).doesNotThrowAnyException();
    }
  }
}
