package io.handfast.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

  private final AllowedHosts hosts =
      new AllowedHosts(
          List.of("stock", "*.Example.com", "bank:8443", "plain:80", "secure:443", "::1"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://stock/a",
        "https://STOCK:9000/",
        "http://a.example.com",
        "http://a.b.example.com:1/x",
        "https://bank:8443/tx",
        "http://plain/",
        "https://secure/",
        "http://[::1]:9000/"
      })
  void whatAPatternNamesIsAllowed(String url) {
    assertThat(hosts.allow(URI.create(url))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://stock.evil/",
        "http://example.com/",
        "http://evilexample.com/",
        "http://a.example.com.evil/",
        "http://bank/",
        "http://bank:84430/",
        "https://plain/",
        "http://169.254.169.254/latest",
        "http://[::2]/",
        "http://stock./"
      })
  void nothingElseIs(String url) {
    assertThat(hosts.allow(URI.create(url))).isFalse();
  }
}
