package io.github.livemigration.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkupTest {

  @Test
  void escapesWhatHasAMeaningAndReplacesWhatXmlForbids() {
    assertThat(Markup.escape("a<b> & \"c\"\n\u0007é😀"))
        .isEqualTo("a&lt;b&gt; &amp; &quot;c&quot;\n\uFFFDé😀");
  }
}
