package io.handfast.it.acceptance.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A browser with the console open in it, and what went wrong there so far. */
final class Browsing implements AutoCloseable {
  private static final Path CHROMIUM = Path.of(System.getProperty("console.browser"));
  private static final Path PICTURES = Path.of(System.getProperty("console.pictures"));

  /** Audits and pictures take most of the time; {@code -Pconsole} has them. */
  static final boolean IS_AT_LENGTH = Boolean.getBoolean("console.at-length");

  private static final double PATIENCE_MILLIS = 15_000;

  /**
   * The buttons, links and fields of the page, or of the dialog that is open, that nobody can hit.
   */
  private static final String OUT_OF_REACH =
      """
      () => {
        const open = [...document.querySelectorAll('dialog[open]')].at(-1);
        const all = [...(open ?? document).querySelectorAll('button, a:not(.skip), input, select, textarea')];
        const seen = all.filter(e => e.checkVisibility());
        const lost = seen.filter(element => {
          element.scrollIntoView({block: 'center'});
          const box = element.getBoundingClientRect();
          const x = box.left + box.width / 2, y = box.top + box.height / 2;
          const hit = document.elementFromPoint(x, y);
          return box.left < 0 || box.right > innerWidth || !(element.contains(hit) || hit?.contains(element));
        }).map(element => element.outerHTML.slice(0, 120));
        if (document.documentElement.scrollWidth > innerWidth) lost.push('the page is wider than the window');
        return seen.length ? lost : ['there is nothing to hit'];
      }
      """;

  /**
   * The texts of elements that stand on more than one line; what a line may end at divides texts.
   */
  private static final String BROKEN =
      """
      elements => [...document.querySelectorAll(elements)].flatMap(e => [...e.childNodes])
        .filter(node => node.nodeType === Node.TEXT_NODE)
        .filter(text => {
          const range = document.createRange();
          range.selectNode(text);
          return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size !== 1;
        }).map(text => text.data)
      """;

  private final Playwright playwright;
  private final Browser browser;
  private final BrowserContext context;
  private final Page page;
  private final List<String> errors = new ArrayList<>();
  private final List<String> elsewhere = new ArrayList<>();

  Browsing(int port) {
    assumeThat(CHROMIUM).as("a browser, such as Debian's package chromium").exists();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(CHROMIUM)
                    .setArgs(List.of("--no-sandbox")));
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(1280, 860)
                .setReducedMotion(ReducedMotion.REDUCE)); // drawn without a graphics processor
    page = context.newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            errors.add(message.text());
          }
        });
    page.onPageError(errors::add);
    String home = "http://127.0.0.1:%d/".formatted(port);
    page.onRequest(
        request -> {
          if (!request.url().startsWith(home) && !request.url().startsWith("blob:" + home)) {
            elsewhere.add(request.url());
          }
        });
    page.navigate(home);
  }

  Page page() {
    return page;
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator field(String label) {
    return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
  }

  /** Opens a page by its link. */
  void open(String name) {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name)).click();
    page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setExact(true))
        .waitFor();
  }

  void awaitText(String text) {
    page.getByText(text).first().waitFor();
  }

  /**
   * Fails where a control is out of reach in a wide or a narrow window. At length, also where an
   * audit finds a barrier: of everything in the wide window in the light, of the contrast in the
   * narrow one in the dark.
   */
  void assertUsable(String what) {
    for (int width : new int[] {1280, 400}) {
      page.setViewportSize(width, 860);
      assertThat((List<?>) page.evaluate(OUT_OF_REACH)).as(what + " at " + width).isEmpty();
    }
    if (IS_AT_LENGTH) { // the rest does not depend on width and colours
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      assertNoBarrier(
          what + " at 400, dark", new AxeBuilder(page).withRules(List.of("color-contrast")));
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
      page.setViewportSize(1280, 860);
      assertNoBarrier(what + " at 1280, light", new AxeBuilder(page));
    }
    page.setViewportSize(1280, 860);
    page.evaluate("scrollTo(0, 0)");
  }

  private static void assertNoBarrier(String what, AxeBuilder audit) {
    assertThat(audit.analyze().getViolations())
        .extracting(rule -> rule.getId() + " " + rule.getNodes().get(0).getHtml())
        .as(what)
        .isEmpty();
  }

  /** Fails where a word of these elements is broken over two lines. */
  void assertWhole(String elements) {
    for (int width : new int[] {1280, 910, 400}) {
      page.setViewportSize(width, 860);
      assertThat((List<?>) page.evaluate(BROKEN, elements)).as("at " + width).isEmpty();
    }
    page.setViewportSize(1280, 860);
  }

  /** Keeps a picture of what is shown now, at length. */
  void picture(String name) throws Exception {
    if (!IS_AT_LENGTH) {
      return;
    }
    Files.createDirectories(PICTURES);
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
  }

  void picture(String name, int width, ColorScheme scheme) throws Exception {
    page.setViewportSize(width, 860);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    picture(name);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    page.setViewportSize(1280, 860);
  }

  /** What the browser has complained of. */
  List<String> errors() {
    return errors;
  }

  /** Where the console has asked that is not its own service. */
  List<String> elsewhere() {
    return elsewhere;
  }

  @Override
  public void close() {
    playwright.close();
  }
}
