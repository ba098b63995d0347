package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/**
 * Whatever the text: a parser ends, with a result or with an error that quotes what it did not
 * understand.
 */
class ParserPropertiesTest {
  private static final int PAGE = 4096;

  @Property
  void anyTextIsParsedOrQuoted(@ForAll String text) {
    for (Function<byte[], Object> parser : parsers()) {
      parsedOrQuoted(parser, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Property
  void anyBytesAreParsedOrQuoted(@ForAll byte[] bytes) {
    for (Function<byte[], Object> parser : parsers()) {
      parsedOrQuoted(parser, bytes);
    }
  }

  @Property
  void textThatLooksLikeMapsIsParsedOrQuoted(
      @ForAll @CharRange(from = '0', to = 'f') @StringLength(max = 100) String text,
      @ForAll @IntRange(max = 100) int cut) {
    String line = "00400000-00401000 r-xp 00000000 08:11 42 /x\nVmFlags: rd ex\n";
    int at = Math.min(cut, line.length());
    String mixed = line.substring(0, at) + text + line.substring(at);
    parsedOrQuoted(MemoryMapParser::parse, mixed.getBytes(StandardCharsets.UTF_8));
  }

  @Property
  void damagedTextOfThisProcessIsParsedOrQuoted(
      @ForAll @IntRange(max = 1_000_000) int place, @ForAll byte value) {
    damaged(MemoryMapParser::parse, "maps", place, value);
    damaged(ProcessStatus::parse, "status", place, value);
    damaged(ProcessStat::parse, "stat", place, value);
    damaged(FdInfo::parse, "fdinfo/0", place, value);
  }

  @Property
  void mappingsAreReadBackAsTheyWereWritten(@ForAll("mappings") List<MemoryMapEntry> mappings) {
    StringBuilder text = new StringBuilder();
    mappings.forEach(mapping -> text.append(print(mapping)));

    assertThat(MemoryMapParser.parse(text.toString().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(mappings);
  }

  @Provide
  Arbitrary<List<MemoryMapEntry>> mappings() {
    Arbitrary<Long> addresses = Arbitraries.longs().between(1, Long.MAX_VALUE / PAGE - 1);
    Arbitrary<Set<VmFlag>> flags = Arbitraries.of(EnumSet.allOf(VmFlag.class)).set();
    Arbitrary<String> paths =
        Arbitraries.strings().ascii().excludeChars('\n', '\\').map(name -> "/" + name);
    return Combinators.combine(
            addresses,
            Arbitraries.integers().between(0, 255),
            Arbitraries.longs().greaterOrEqual(0),
            Arbitraries.integers().between(0, 0xfff),
            Arbitraries.integers().between(0, 0xfffff),
            Arbitraries.longs().greaterOrEqual(0),
            paths,
            flags)
        .as(ParserPropertiesTest::mapping)
        .list();
  }

  private static MemoryMapEntry mapping(
      long page,
      int access,
      long offset,
      int major,
      int minor,
      long inode,
      String path,
      Set<VmFlag> flags) {
    return new MemoryMapEntry(
        page * PAGE,
        (page + 1) * PAGE,
        (access & 1) != 0,
        (access & 2) != 0,
        (access & 4) != 0,
        (access & 8) != 0,
        offset,
        major,
        minor,
        inode,
        path,
        flags,
        access >> 4);
  }

  private static String print(MemoryMapEntry entry) {
    StringBuilder flags = new StringBuilder();
    entry.vmFlags().forEach(flag -> flags.append(' ').append(flag.code()));
    return String.format(
        "%08x-%08x %c%c%c%c %08x %02x:%02x %d %s%nProtectionKey: %9d%nVmFlags:%s%n",
        entry.start(),
        entry.end(),
        entry.readable() ? 'r' : '-',
        entry.writable() ? 'w' : '-',
        entry.executable() ? 'x' : '-',
        entry.shared() ? 's' : 'p',
        entry.fileOffset(),
        entry.deviceMajor(),
        entry.deviceMinor(),
        entry.inode(),
        entry.path(),
        entry.protectionKey(),
        flags);
  }

  private static List<Function<byte[], Object>> parsers() {
    return List.of(
        bytes -> PosixTimerEntry.parse(new String(bytes, StandardCharsets.UTF_8)),
        MemoryMapParser::parse,
        ProcessStatus::parse,
        ProcessStat::parse,
        FdInfo::parse,
        CpuFeatures::parse);
  }

  private static void damaged(Function<byte[], Object> parser, String name, int place, byte value) {
    byte[] text = ProcFs.read(SelfProcess.pid(), name);
    text[place % text.length] = value;
    parsedOrQuoted(parser, text);
  }

  /** Anything but a result or this one exception fails the property. */
  private static void parsedOrQuoted(Function<byte[], Object> parser, byte[] text) {
    try {
      assertThat(parser.apply(text)).isNotNull();
    } catch (UnparsableLineException e) {
      assertThat(e).hasMessageContaining(": cannot parse \"");
    }
  }
}
