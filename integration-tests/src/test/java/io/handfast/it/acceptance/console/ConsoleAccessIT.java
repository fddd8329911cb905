package io.handfast.it.acceptance.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the console shows to whom, with a browser on the running service. */
class ConsoleAccessIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void whoIsNotKnownSeesNothingAndAViewerMayOnlyLook() throws Exception {
    RunnerConfiguration guarded =
        scene
            .embedded(scene.embeddedBroker())
            .set("quarkus.security.users.embedded.plain-text", true)
            .set("quarkus.security.users.embedded.users.\"vera\"", "pa${x}$$s")
            .set("quarkus.security.users.embedded.roles.\"vera\"", "viewer")
            .set("quarkus.security.users.embedded.users.\"otto\"", "0perate")
            .set("quarkus.security.users.embedded.roles.\"otto\"", "operator");
    RunnerProcess node = scene.coordinator("guarded", guarded).start();
    try (Browsing console = new Browsing(node.port())) {
      console.awaitText("Say who you are");
      console.assertUsable("the form for name and password");
      assertThat(console.page().getByText("orders")).hasCount(0);

      signIn(console, "vera", "wrong");
      console.awaitText("That was not accepted.");
      signIn(console, "vera", "pa${x}$$s");
      assertThat(console.button("Pause orders")).isVisible();
      console.button("Pause orders").click();
      console.awaitText("does not have the role 'operator'");
      assertThat(node.wire().as("otto", "0perate").pause("orders").status()).isEqualTo(200);
      assertThat(console.button("Start orders")).isVisible(); // so a snapshot has come since
      assertThat(console.page().getByText("does not have the role 'operator'")).isVisible();
      console.assertUsable("a notice");
      console.button("Close the notice").click();
      assertThat(console.page().getByText("does not have the role 'operator'")).hasCount(0);

      console.page().evaluate("sessionStorage.clear()");
      console.page().reload();
      signIn(console, "otto", "0perate");
      console.button("Start orders").click();
      assertThat(console.button("Pause orders")).isVisible();
      assertThat(console.elsewhere()).isEmpty();
    }
  }

  private static void signIn(Browsing console, String user, String password) {
    console.field("User").fill(user);
    console.field("Password").fill(password);
    console.button("Sign in").click();
  }
}
