package io.handfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class RoleTest {

  @Test
  void eachRoleMayDoWhatThoseBeforeItMay() {
    assertThat(Role.VIEWER.isMetBy(Set.of("operator"))).isTrue();
    assertThat(Role.CLIENT.isMetBy(Set.of("client"))).isTrue();
    assertThat(Role.OPERATOR.isMetBy(Set.of("viewer", "client"))).isFalse();
    assertThat(Role.CLIENT.isMetBy(Set.of("viewer"))).isFalse();
    assertThat(Role.VIEWER.isMetBy(Set.of(Role.NONE.wireName(), "admin"))).isFalse();
    assertThat(Role.NONE.isMetBy(Set.of())).isTrue();
  }
}
