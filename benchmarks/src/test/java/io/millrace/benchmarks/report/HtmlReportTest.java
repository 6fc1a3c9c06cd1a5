// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page has every number, as text and for its charts, and needs nothing from elsewhere. */
class HtmlReportTest {
    private static final Figure ECHO =
            new Figure("Messages <echoed>", "64 B", "messages/s", Direction.HIGHER_IS_BETTER);
    private static final Figure WAKE = new Figure("Waking", "", "µs", Direction.LOWER_IS_BETTER);

    private static final Report REPORT =
            new Report(
                    List.of(new Facts("Machine", List.of(new Fact("kernel", "Linux & co")))),
                    List.of(
                            new Section(
                                    "jmh",
                                    "Echo",
                                    "What was done.",
                                    "nio",
                                    List.of(
                                            Measurement.of(
                                                    ECHO, "epoll", 150_000, List.of(1e5, 2e5)),
                                            Measurement.of(ECHO, "nio", 100_000, List.of(1e5)),
                                            Measurement.without(
                                                    ECHO, "select", "failed: </script> lost"),
                                            Measurement.of(WAKE, "epoll", 8.123, List.of()),
                                            Measurement.of(WAKE, "nio", 16.246, List.of())))));

    @Test
    void tablesHaveTheNumbers() throws Exception {
        String page = HtmlReport.render(REPORT, List.of("results.json"));

        String row = "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td></tr>";
        assertContains(page, row.formatted("epoll", "150,000", "100,000 – 200,000", "1.50×"));
        assertContains(page, row.formatted("nio", "100,000", "", "1×"));
        assertContains(page, row.formatted("select", "–", "", ""));
        assertContains(page, row.formatted("epoll", "8.12", "", "2.00×"));
        assertContains(page, "messages/s, <strong>higher is better</strong>");
        assertContains(page, "µs, <strong>lower is better</strong>");
        assertContains(page, "<dt>kernel</dt><dd>Linux &amp; co</dd>");
        assertContains(page, "<a href=\"results.json\">results.json</a>");
    }

    @Test
    void aFailureHasItsReasonAndNoBar() throws Exception {
        String page = HtmlReport.render(REPORT, List.of());

        assertContains(page, "<strong>select</strong> failed: &lt;/script&gt; lost");
        for (var bar : charts(page).get(0).getAsJsonObject().getAsJsonArray("bars")) {
            assertFalse(bar.getAsJsonObject().get("subject").getAsString().equals("select"));
        }
    }

    @Test
    void chartsAreDrawnFromValidJson() throws Exception {
        JsonArray charts = charts(HtmlReport.render(REPORT, List.of()));

        assertEquals(2, charts.size());
        JsonArray bars = charts.get(0).getAsJsonObject().getAsJsonArray("bars");
        JsonObject epoll = bars.get(0).getAsJsonObject();
        assertEquals(150_000, epoll.get("score").getAsDouble());
        assertEquals(200_000, epoll.get("high").getAsDouble());
        assertEquals("150,000", epoll.get("text").getAsString());
        assertEquals(2, bars.size());
    }

    @Test
    void everyChartHasATextInItsPlace() throws Exception {
        String page = HtmlReport.render(REPORT, List.of());

        Matcher canvas =
                Pattern.compile("<canvas id=\"([^\"]+)\" role=\"img\" aria-label=\"Bar chart: ")
                        .matcher(page);
        int found = 0;
        while (canvas.find()) {
            found++;
            assertContains(page, "<table id=\"" + canvas.group(1) + "-table\">");
        }
        assertEquals(2, found);
    }

    @Test
    void thePageLoadsNothing() throws Exception {
        String page = HtmlReport.render(REPORT, List.of("results.json"));

        assertFalse(Pattern.compile("(?:src|href)=\"?(?:https?:)?//").matcher(page).find());
        assertFalse(page.contains("@import"));
        assertFalse(Pattern.compile("url\\((?!data:)").matcher(withoutScripts(page)).find());
        assertContains(page, "Chart.js v4");
    }

    @Test
    void anEmptyReportSaysSo() throws Exception {
        assertContains(
                HtmlReport.render(Report.EMPTY, List.of()), "<p>Nothing has been measured.</p>");
    }

    private static String withoutScripts(String page) {
        return page.replaceAll("(?s)<script>.*?</script>", "");
    }

    private static JsonArray charts(String page) {
        Matcher data =
                Pattern.compile(
                                "(?s)<script type=\"application/json\" id=\"charts\">"
                                        + "(.*?)</script>")
                        .matcher(page);
        assertTrue(data.find());
        return JsonParser.parseString(data.group(1)).getAsJsonArray();
    }

    private static void assertContains(String page, String text) {
        assertTrue(page.contains(text), () -> "no " + text + " in\n" + withoutScripts(page));
    }
}
