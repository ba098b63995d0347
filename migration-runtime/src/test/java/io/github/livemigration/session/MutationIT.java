package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program that looks at its own state notices when a piece of it was lost on the way: the checks
 * by which other tests show that state is carried are able to fail.
 *
 * <p>The pieces are lost between sender and receiver, by a proxy that changes the image; the
 * product knows nothing of it. In the short form one program loses many pieces at once and has to
 * notice each; in its long form each is lost alone, and nothing else may differ.
 */
class MutationIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(SelfChecking.class)
  void everyLossIsNoticed(SelfChecking program) throws Exception {
    List<Mutation> losses = Mutations.of(program);
    assertThat(losses).as("mutations of %s", program).isNotEmpty();
    Looks looks = move(program, whole -> Mutation.applyAll(losses, whole));

    assertThat(losses)
        .allSatisfy(
            loss ->
                assertThat(looks.after().at(loss.field()))
                    .as("%s after the loss of %s", loss.field(), loss)
                    .isNotEqualTo(looks.before().at(loss.field())));
  }

  @Test
  void programThatLostNothingNoticesNothing() throws Exception {
    Looks looks = move(SelfChecking.STATE, UnaryOperator.identity());

    assertThat(looks.after().toPrettyString()).isEqualTo(looks.before().toPrettyString());
  }

  @ParameterizedTest
  @MethodSource("io.github.livemigration.session.Mutations#all")
  @Tag("long")
  void lossIsNoticedWhereItIsAndNowhereElse(Mutation loss) throws Exception {
    Looks looks = move(loss.program(), loss::apply);

    assertThat(looks.after().at(loss.field())).isNotEqualTo(looks.before().at(loss.field()));
    assertThat(loss.without(looks.after())).isEqualTo(loss.without(looks.before()));
  }

  private record Looks(JsonNode before, JsonNode after) {}

  private Looks move(SelfChecking program, UnaryOperator<WholeTarget> change) throws Exception {
    try (HugePagePool pool = HugePagePool.adding(program.hugePages());
        TargetProcess target = program.start(folder);
        TestReceiver receiver = new TestReceiver();
        MutatingProxy proxy = new MutatingProxy(receiver.address(), change)) {
      JsonNode before = program.look(target);
      receiver.receive(target, SenderOptions.to(proxy.address()).withVerify(true));
      return new Looks(before, program.look(target));
    }
  }
}
