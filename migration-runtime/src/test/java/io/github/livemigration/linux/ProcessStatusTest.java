package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProcessStatusTest {
  private static final String STATUS =
      """
      Name:\tredis: a\\\\b\\nc
      Umask:\t0027
      State:\tt (tracing stop)
      Tgid:\t4711
      Ngid:\t0
      Pid:\t4712
      PPid:\t1
      TracerPid:\t99
      Uid:\t1000\t1001\t1002\t4294967294
      Gid:\t100\t101\t102\t103
      FDSize:\t64
      Groups:\t4 24 27\s
      NStgid:\t4711\t7
      NSpid:\t4712\t8
      NSpgid:\t4711\t7
      NSsid:\t1\t0
      Kthread:\t0
      VmPeak:\t    3060 kB
      Threads:\t5
      SigQ:\t0/96365
      SigPnd:\t0000000000000001
      ShdPnd:\t0000000000000200
      SigBlk:\t8000000000000000
      SigIgn:\t0000000000001000
      SigCgt:\t0000000180004a02
      CapInh:\t0000000000000000
      CapPrm:\t000001fffeffffff
      CapEff:\t000001fffeffffff
      CapBnd:\t000001ffffffffff
      CapAmb:\t0000000000000001
      NoNewPrivs:\t1
      Seccomp:\t2
      Seccomp_filters:\t1
      Cpus_allowed:\t3
      """;

  @Test
  void bitsOfAddressesThatAreTags() {
    assertThat(parse(STATUS).untagMask()).as("a kernel that knows none").isEqualTo(-1);
    assertThat(parse(STATUS + "untag_mask:\t0x81ffffffffffffff\n").untagMask())
        .isEqualTo(0x81ff_ffff_ffff_ffffL);
    assertThat(parse(STATUS + "untag_mask:\t0xffffffffffffffff\n").untagMask()).isEqualTo(-1);
  }

  @Test
  void everyFieldIsRead() {
    ProcessStatus status = parse(STATUS);

    assertThat(status.name()).isEqualTo("redis: a\\b\nc");
    assertThat(status.umask()).isEqualTo(027);
    assertThat(status.state()).isEqualTo('t');
    assertThat(status.tgid()).isEqualTo(4711);
    assertThat(status.pid()).isEqualTo(4712);
    assertThat(status.ppid()).isEqualTo(1);
    assertThat(status.tracerPid()).isEqualTo(99);
    assertThat(status.uids()).containsExactly(1000, 1001, 1002, -2);
    assertThat(status.gids()).containsExactly(100, 101, 102, 103);
    assertThat(status.groups()).containsExactly(4, 24, 27);
    assertThat(status.nsTgids()).containsExactly(4711, 7);
    assertThat(status.nsPids()).containsExactly(4712, 8);
    assertThat(status.threads()).isEqualTo(5);
    assertThat(status.sigPending()).isEqualTo(1);
    assertThat(status.shdPending()).isEqualTo(0x200);
    assertThat(status.sigBlocked()).isEqualTo(Long.MIN_VALUE);
    assertThat(status.sigIgnored()).isEqualTo(0x1000);
    assertThat(status.sigCaught()).isEqualTo(0x180004a02L);
    assertThat(status.capInh()).isZero();
    assertThat(status.capPrm()).isEqualTo(0x1fffeffffffL);
    assertThat(status.capEff()).isEqualTo(0x1fffeffffffL);
    assertThat(status.capBnd()).isEqualTo(0x1ffffffffffL);
    assertThat(status.capAmb()).isEqualTo(1);
    assertThat(status.noNewPrivs()).isTrue();
    assertThat(status.seccomp()).isEqualTo(2);
    assertThat(status.kernelThread()).isFalse();
  }

  @Test
  void endedProcessHasNoUmask() {
    assertThat(parse(STATUS.replace("Umask:\t0027\n", "")).umask()).isEqualTo(-1);
  }

  @Test
  void noGroupsIsAnEmptyList() {
    assertThat(parse(STATUS.replace("4 24 27 ", " ")).groups()).isEmpty();
  }

  @Test
  void kernelThreadIsTold() {
    assertThat(parse(STATUS.replace("Kthread:\t0", "Kthread:\t1")).kernelThread()).isTrue();
  }

  @Test
  void bytesOfANameSurvive() {
    byte[] text =
        STATUS.replaceFirst("redis", "r\u00c3\u00a9d\u00ff").getBytes(StandardCharsets.ISO_8859_1);

    ProcessStatus status = ProcessStatus.parse(text);

    assertThat(status.name()).startsWith("r\u00c3\u00a9d\u00ff:");
    assertThat(status.displayName()).startsWith("r\u00e9d\ufffd:");
  }

  @Test
  void missingLineIsNamed() {
    assertThatThrownBy(() -> parse(STATUS.replace("SigCgt:\t0000000180004a02\n", "")))
        .hasMessage("status: cannot parse \"(no line SigCgt)\"");
  }

  @Test
  void wrongLineIsQuoted() {
    assertThatThrownBy(() -> parse(STATUS.replace("PPid:\t1", "PPid:\tone")))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessage("status: cannot parse \"PPid:\tone\"");
    assertThatThrownBy(() -> parse(STATUS.replace("\t4294967294", "")))
        .hasMessage("status: cannot parse \"Uid:1000\t1001\t1002\"");
    assertThatThrownBy(() -> parse(STATUS + "rubbish\n"))
        .hasMessage("status: cannot parse \"rubbish\"");
  }

  private static ProcessStatus parse(String text) {
    return ProcessStatus.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
