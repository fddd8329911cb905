package io.handfast.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ChartTest {

  private static Document drawn(Comparison comparison) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Chart.of(comparison))));
  }

  private static List<Element> elements(Document document, String name, String style) {
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < document.getElementsByTagName(name).getLength(); i++) {
      Element element = (Element) document.getElementsByTagName(name).item(i);
      if (element.getAttribute("class").equals(style)) {
        found.add(element);
      }
    }
    return found;
  }

  @Test
  void rowHasABarAWhiskerAndALatency() throws Exception {
    Document chart = drawn(Samples.measured());

    List<Element> bars = elements(chart, "rect", "bar");
    assertThat(bars).as("throughput and p50").hasSize(2);
    assertThat(elements(chart, "rect", "tail")).as("p99").hasSize(1);
    assertThat(elements(chart, "path", "whisker")).hasSize(1);
    // The most of all rounds, 3001, fills the width of 344; the median is 2000.5, the least 1000.
    assertThat(bars.get(0).getAttribute("width")).isEqualTo("229.3");
    assertThat(elements(chart, "path", "whisker").get(0).getAttribute("d"))
        .startsWith("M130.6 ")
        .contains("H360.0 ");
    assertThat(chart.getDocumentElement().getTextContent())
        .contains("at-most-once, batch 100", "2,001, lost 3", "2.50 / 9.25");
  }

  @Test
  void textsAreReadableAt400Pixels() throws Exception {
    Element svg = drawn(Samples.measured()).getDocumentElement();

    assertThat(13.0 * 400 / Integer.parseInt(svg.getAttribute("width"))).isGreaterThan(9.9);
  }

  @Test
  void nothingMeasuredIsStillAPicture() throws Exception {
    Document chart = drawn(Samples.begun());

    assertThat(elements(chart, "rect", "bar")).isEmpty();
    assertThat(chart.getDocumentElement().getTextContent()).contains("500 messages of 256 bytes");
  }

  @Test
  void pictureAsksNobodyForAnythingAndFollowsDarkReaders() {
    String svg = Chart.of(Samples.measured());

    assertThat(svg.replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
        .doesNotContain("http", "url(", "@import", "href", "<script");
    assertThat(svg).contains("prefers-color-scheme: dark");
  }
}
