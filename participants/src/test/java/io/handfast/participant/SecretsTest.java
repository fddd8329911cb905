package io.handfast.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db/shop?user=ann&password=s3cret&ssl=true",
        "jdbc:postgresql://ann:s3cret@db:5432/shop",
        "jdbc:h2:mem:x;USER=sa;PASSWORD=s3cret;MODE=PostgreSQL",
        "tcp://broker:61616?sslEnabled=true;trustStorePassword=s3cret",
        "(tcp://a:1?keyStorePassword=s3cret,tcp://b:2)?ha=true",
        "tcp://broker?user=ann&password=s3cret",
        "Unable to parse URL jdbc:postgresql://db/?sslpassword=s3cret",
        "tcp://broker:61616?socks5Password=s3cret&accessToken=s3cret"
      })
  void noPasswordOfAUrlIsShown(String text) {
    assertThat(Secrets.hidden(text)).contains("***").doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad", "password", "token.", "//a:b", "//", "x="})
  void aTextOfMegabytesIsReadInOnePass(String repeated) {
    String text = repeated.repeat(2_000_000 / repeated.length());

    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThat(Secrets.hidden(text)).hasSameSizeAs(text));
  }

  @Test
  void whatIsNoSecretStays() {
    String url = "jdbc:postgresql://db:5432/shop?user=ann&ssl=true";

    assertThat(Secrets.hidden(url)).isEqualTo(url);
    assertThat(Secrets.hidden("tcp://b:1?trustStorePassword=x&ha=true"))
        .isEqualTo("tcp://b:1?trustStorePassword=***&ha=true");
  }
}
