package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryMapParserTest {
  private static final String SMAPS =
      """
      55d2c1a02000-55d2c1a04000 r-xp 00002000 fe:00 1049                       /usr/bin/sleep
      Size:                  8 kB
      KernelPageSize:        4 kB
      MMUPageSize:           4 kB
      Rss:                   8 kB
      Pss_Dirty:             0 kB
      THPeligible:           0
      ProtectionKey:         0
      VmFlags: rd ex mr mw me sd
      7f1c50000000-7f1c50021000 rw-p 00000000 00:00 0
      Size:                132 kB
      VmFlags: rd wr mr mw me nr hg zz sd
      7f1c54000000-7f1c54001000 rw-s 00001000 00:01 2049                       /dev/zero (deleted)
      VmFlags: rd wr sh mr mw me ms
      7ffc6d1f2000-7ffc6d1f4000 r-xp 00000000 00:00 0                          [vdso]
      VmFlags: rd ex mr mw me de sd
      ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
      VmFlags: ex
      """;

  @Test
  void everyFieldOfAMappingIsRead() {
    List<MemoryMapEntry> entries = parse(SMAPS);

    assertThat(entries).hasSize(5);
    MemoryMapEntry program = entries.get(0);
    assertThat(program.start()).isEqualTo(0x55d2c1a02000L);
    assertThat(program.end()).isEqualTo(0x55d2c1a04000L);
    assertThat(program.length()).isEqualTo(8192);
    assertThat(program.readable()).isTrue();
    assertThat(program.writable()).isFalse();
    assertThat(program.executable()).isTrue();
    assertThat(program.shared()).isFalse();
    assertThat(program.fileOffset()).isEqualTo(0x2000);
    assertThat(program.deviceMajor()).isEqualTo(0xfe);
    assertThat(program.deviceMinor()).isZero();
    assertThat(program.inode()).isEqualTo(1049);
    assertThat(program.path()).isEqualTo("/usr/bin/sleep");
    assertThat(program.vmFlags())
        .containsExactly(
            VmFlag.READABLE,
            VmFlag.EXECUTABLE,
            VmFlag.MAY_READ,
            VmFlag.MAY_WRITE,
            VmFlag.MAY_EXECUTE,
            VmFlag.SOFT_DIRTY);
  }

  @Test
  void anonymousMemoryHasNoPath() {
    MemoryMapEntry heap = parse(SMAPS).get(1);

    assertThat(heap.path()).isEmpty();
    assertThat(heap.inode()).isZero();
    assertThat(heap.has(VmFlag.HUGE_PAGES)).isTrue();
  }

  @Test
  void flagOfANewerKernelIsNotDropped() {
    assertThat(parse(SMAPS).get(1).has(VmFlag.UNKNOWN)).isTrue();
  }

  @Test
  void protectionKeyIsSeenWhereThereIsNoFlag() {
    String text = "00400000-00401000 ---p 0 00:00 0\nProtectionKey:        15\nVmFlags: \n";

    assertThat(parse(text).get(0).protectionKey()).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ProtectionKey: x", "ProtectionKey: ", "ProtectionKey: 10000"})
  void wrongProtectionKeyIsQuoted(String line) {
    assertThatThrownBy(() -> parse("00400000-00401000 r--p 0 08:11 42 /x\n" + line + "\n"))
        .hasMessage("maps: cannot parse \"" + line + "\"");
  }

  @Test
  void sharedDeletedAndSpecialMappingsKeepTheirNames() {
    List<MemoryMapEntry> entries = parse(SMAPS);

    assertThat(entries.get(2).shared()).isTrue();
    assertThat(entries.get(2).path()).isEqualTo("/dev/zero (deleted)");
    assertThat(entries.get(3).path()).isEqualTo("[vdso]");
    assertThat(entries.get(4).start()).isEqualTo(0xffffffffff600000L);
    assertThat(entries.get(4).length()).isEqualTo(4096);
  }

  @Test
  void plainMapsHaveNoFlags() {
    List<MemoryMapEntry> entries =
        parse(
            "00400000-00401000 r--p 00000000 08:11 42     /a b  c\n00500000-00501000 ---p 0 0:0 0\n");

    assertThat(entries).hasSize(2);
    assertThat(entries.get(0).path()).isEqualTo("/a b  c");
    assertThat(entries.get(0).vmFlags()).isEmpty();
    assertThat(entries.get(1).readable()).isFalse();
  }

  @Test
  void onlyTheNewlineIsUnescaped() {
    String line = "00400000-00401000 r--p 00000000 08:11 42  /a\\012b\\040c\n";

    assertThat(parse(line).get(0).path()).isEqualTo("/a\nb\\040c");
  }

  @Test
  void lastLineNeedsNoNewline() {
    assertThat(parse("00400000-00401000 r--p 00000000 08:11 42 /x").get(0).path()).isEqualTo("/x");
    assertThat(parse("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00400000 r--p 00000000 08:11 42 /x",
        "00400000-00401000 r--q 00000000 08:11 42 /x",
        "00400000-00401000 rr-p 00000000 08:11 42 /x",
        "00400000-00401000 r--p 00000000 0811 42 /x",
        "00400000-00401000 r--p 00000000 08:11 4x2 /x",
        "00400000-00401000 r--p 00000000 08:11",
        "00400000-00401000 r--p 00000000 08:11 ",
        "00400000-0040100000000000000 r--p 00000000 08:11 42 /x",
        "-00401000 r--p 00000000 08:11 42 /x",
        "Size:  4 kB",
        "VmFlags: rd",
        "hello",
        " 00400000-00401000 r--p 00000000 08:11 42 /x"
      })
  void lineThatIsNoneIsQuoted(String line) {
    assertThatThrownBy(() -> parse(line + "\n"))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessage("maps: cannot parse \"" + line + "\"");
  }

  @Test
  void wrongFlagsAreQuoted() {
    assertThatThrownBy(() -> parse("00400000-00401000 r--p 0 08:11 42 /x\nVmFlags: rd wrx\n"))
        .hasMessage("maps: cannot parse \"VmFlags: rd wrx\"");
  }

  @Test
  void mapsAndSmapsOfThisProcessAgree() {
    List<MemoryMapEntry> smaps = MemoryMapParser.parse(ProcFs.read(SelfProcess.pid(), "smaps"));
    List<MemoryMapEntry> maps = MemoryMapParser.parse(ProcFs.read(SelfProcess.pid(), "maps"));

    assertThat(smaps).hasSizeGreaterThan(50).allSatisfy(this::isPlausible);
    assertThat(maps).extracting(MemoryMapEntry::path).contains("[vdso]", "[stack]");
  }

  private void isPlausible(MemoryMapEntry entry) {
    assertThat(entry.length()).isPositive();
    assertThat(entry.has(VmFlag.READABLE)).isEqualTo(entry.readable());
    assertThat(entry.has(VmFlag.WRITABLE)).isEqualTo(entry.writable());
    assertThat(entry.has(VmFlag.EXECUTABLE)).isEqualTo(entry.executable());
    assertThat(entry.has(VmFlag.UNKNOWN)).as("flags of %s", entry).isFalse();
  }

  private static List<MemoryMapEntry> parse(String text) {
    return MemoryMapParser.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
