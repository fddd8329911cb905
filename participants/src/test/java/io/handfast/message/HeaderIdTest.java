package io.handfast.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderIdTest {

  private static String id(String header, Object... values) {
    HeaderId read = HeaderId.of(header, List.of(values));
    assertThat(read.problem()).isNull();
    return String.valueOf(read.id());
  }

  private static String problem(Object... values) {
    HeaderId read = HeaderId.of("event", List.of(values));
    assertThat(read.id()).isNull();
    return String.valueOf(read.problem());
  }

  @Test
  void theNameBelongsToTheId() {
    assertThat(id("event", "5")).isEqualTo("event=5");
    assertThat(id("order", "5")).isNotEqualTo(id("event", "5"));
  }

  @Test
  void theSameValueTwiceIsOne() {
    assertThat(id("event", "5", "5")).isEqualTo("event=5");
  }

  @Test
  void whatADatabaseMayTakeForAnotherIsKnownByItsHash() {
    assertThat(id("event", "x".repeat(512))).startsWith("sha256:");
    assertThat(id("event", "a\u0000b")).startsWith("sha256:");
    assertThat(id("event", "5 ")).isNotEqualTo(id("event", "5")).startsWith("sha256:");
    assertThat(id("event", "\u00e4")).isNotEqualTo(id("event", "\u00f6"));
  }

  @Test
  void whyThereIsNoneIsSaid() {
    assertThat(problem())
        .isEqualTo("it has no header 'event', by which idempotency tells messages apart");
    assertThat(problem(" ")).contains("is blank");
    assertThat(problem("5", "6")).contains("different values");
    assertThat(problem(new byte[] {(byte) 0x80}, new byte[] {(byte) 0x80})).contains("is binary");
    assertThat(problem("x".repeat(513))).contains("more than 512 characters");
  }
}
