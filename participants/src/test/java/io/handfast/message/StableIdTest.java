package io.handfast.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StableIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"x", "order 4711", "ID:38b7f3d0-8c1e-11ef-8b5e-0242ac120002"})
  void whatEveryPlaceTakesStaysAsItIs(String id) {
    assertThat(StableId.of(id)).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " x", "a\nb", "a\0b", "\u00e9", "\ud800"})
  void whatSomePlaceRefusesIsItsHash(String id) {
    assertThat(StableId.of(id)).matches("sha256:[0-9a-f]{64}").isEqualTo(StableId.of(id));
  }

  @Test
  void idsThatDifferStayDifferent() {
    assertThat(StableId.of("x".repeat(512))).isEqualTo("x".repeat(512));
    assertThat(StableId.of("x".repeat(513))).isNotEqualTo(StableId.of("x".repeat(514)));
    assertThat(StableId.of("\ud800")).isNotEqualTo(StableId.of("\udbff"));
  }

  @Test
  void bytesAreAnIdByTheirContent() {
    assertThat(StableId.of(new byte[] {1, 2})).isEqualTo(StableId.of(new byte[] {1, 2}));
    assertThat(StableId.of(new byte[] {1, 2})).isNotEqualTo(StableId.of(new byte[] {1, 3}));
  }
}
