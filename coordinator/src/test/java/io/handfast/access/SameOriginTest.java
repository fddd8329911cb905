package io.handfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SameOriginTest {

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost:8080", "127.0.0.1:1", "[::1]", "[::1]:8080"})
  void loopbackNamesAreServedOnAnyPort(String host) {
    assertThat(SameOrigin.foreignHost(List.of(host))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "localhost:8080@evil.example",
        "127.0.0.1.evil.example:80",
        "127.0.0.2",
        "2130706433",
        "localhost.",
        "::1",
        ""
      })
  void everyOtherNameIsRefused(String host) {
    assertThat(SameOrigin.foreignHost(List.of(host))).isPresent();
  }

  @Test
  void aRequestNamesOneHost() {
    assertThat(SameOrigin.foreignHost(List.of())).isPresent();
    assertThat(SameOrigin.foreignHost(List.of("localhost", "localhost"))).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, http://evil.example, false",
    "DELETE, http://localhost:3000, false",
    "PUT, null, false",
    "POST, http://localhost:8080, true",
    "POST, https://LOCALHOST:8080, true",
    "GET, http://evil.example, true",
    "POST, , true"
  })
  void onlyItsOwnPagesMayChangeAnything(String method, String origin, boolean isServed) {
    assertThat(SameOrigin.foreignOrigin(method, origin, "localhost:8080").isEmpty())
        .isEqualTo(isServed);
  }

  @Test
  void onlyLoopbackAddressesAreLoopback() {
    assertThat(List.of("127.0.0.1", "localhost", "::1", "[::1]")).allMatch(SameOrigin::isLoopback);
    assertThat(List.of("0.0.0.0", "::", "10.0.0.1", "127.evil.example", ""))
        .noneMatch(SameOrigin::isLoopback);
  }
}
