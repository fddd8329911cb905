package io.handfast;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandLineTest {

  @Test
  void noArgumentsStartTheProgram() {
    assertThat(CommandLine.answer()).isEmpty();
  }

  @Test
  void questionsAreAnswered() {
    assertThat(CommandLine.answer("--help")).hasValue(0);
    assertThat(CommandLine.answer("-h")).hasValue(0);
    assertThat(CommandLine.answer("--version")).hasValue(0);
  }

  @Test
  void everyOtherArgumentIsRefused() {
    assertThat(CommandLine.answer("--port=80")).hasValue(2);
    assertThat(CommandLine.answer("")).hasValue(2);
    assertThat(CommandLine.answer("start", "--help")).hasValue(2);
  }

  @Test
  void anOptionForJavaIsToldItsPlaceAndAValueIsNotShown() {
    assertThat(CommandLine.refusal("-Dhandfast.broker.password=s3cret"))
        .isEqualTo(
            "Handfast does not start: -Dhandfast.broker.password stands after -jar quarkus-run.jar, where it is not read; put it before -jar.");
    assertThat(CommandLine.refusal("--password=s3cret")).doesNotContain("s3cret");
  }
}
