// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.statistics.Rounds;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page has every number, says what is told apart, and needs nothing from elsewhere. */
class HtmlReportTest {
    private static final Figure ECHO =
            new Figure("Messages <echoed>", "64 B", "messages/s", Direction.HIGHER_IS_BETTER);
    private static final Figure WAKE = new Figure("Waking", "", "µs", Direction.LOWER_IS_BETTER);

    private static final Report REPORT =
            new Report(
                    new Status(false, true, "Complete: 5 & 1 failed", List.of("load: 9 > 1")),
                    List.of(new Answer("few connections", "best epoll", "nothing")),
                    List.of(new Facts("Machine", List.of(new Fact("kernel", "Linux & co")))),
                    List.of(
                            new Section(
                                    "jmh",
                                    "Echo",
                                    "What was done.",
                                    "nio",
                                    List.of(
                                            paired(ECHO, "nio", 100_000),
                                            paired(ECHO, "epoll", 150_000),
                                            paired(ECHO, "netty-nio", 101_000),
                                            Measurement.without(
                                                    ECHO, "select", "failed: </script> lost"),
                                            paired(WAKE, "epoll", 8.123)))));

    @Test
    void tablesHaveNumbersRatiosAndIntervals() throws Exception {
        String page = HtmlReport.render(REPORT, List.of("results.json"));

        assertContains(page, "<td>1.50 (1.50–1.50)</td><td title=\"150,000 – 150,000\">150,000<");
        assertContains(page, "<td>1</td><td title=\"100,000 – 100,000\">100,000</td>");
        assertContains(page, "2 of 3 pairs told apart");
        assertContains(page, "ratios to nio, 20 rounds in 2 series");
        assertContains(page, "messages/s, <strong>higher is better</strong>");
        assertContains(page, "µs, <strong>lower is better</strong>");
        assertContains(page, "<dt>kernel</dt><dd>Linux &amp; co</dd>");
        assertContains(page, "<a href=\"results.json\">results.json</a>");
    }

    @Test
    void theBestGroupComesFirstWithItsNumber() throws Exception {
        String page = HtmlReport.render(REPORT, List.of());

        int best = page.indexOf("<b class=\"place\">1</b>epoll");
        int second = page.indexOf("<b class=\"place\">2</b>nio");
        assertTrue(best > 0 && second > best, best + " " + second);
    }

    @Test
    void aSubjectAloneHasNoRatioAndNoPlace() throws Exception {
        String page = HtmlReport.render(REPORT, List.of());

        String waking = page.substring(page.indexOf("<h3>Waking</h3>"));
        assertContains(waking, "<th scope=\"row\">epoll</th>");
        assertFalse(waking.contains("class=\"place\""));
    }

    @Test
    void aFailureHasItsReasonAndNoRow() throws Exception {
        String page = HtmlReport.render(REPORT, List.of());

        assertContains(page, "<strong>select</strong> failed: &lt;/script&gt; lost");
        assertFalse(page.contains("</b>select</th>"));
    }

    @Test
    void theTopSaysHowFarToRelyOnIt() throws Exception {
        String page = HtmlReport.render(REPORT, List.of());

        assertContains(page, "<div class=\"status disturbed unsound\"><strong>Complete: 5 &amp; 1");
        assertContains(page, "<li>load: 9 &gt; 1</li>");
        assertTrue(page.indexOf("class=\"status") < page.indexOf("few connections"));
        assertTrue(page.indexOf("few connections") < page.indexOf("<h2>Echo</h2>"));
    }

    @Test
    void thePageLoadsNothing() throws Exception {
        String page = HtmlReport.render(REPORT, List.of("results.json"));

        assertFalse(Pattern.compile("(?:src|href)=\"?(?:https?:)?//").matcher(page).find());
        assertFalse(page.contains("@import"));
        assertFalse(page.contains("<script"));
        assertFalse(Pattern.compile("url\\((?!data:)").matcher(page).find());
    }

    @Test
    void anEmptyReportSaysSo() throws Exception {
        assertContains(
                HtmlReport.render(Report.EMPTY, List.of()), "<p>Nothing has been measured.</p>");
    }

    private static Measurement paired(Figure figure, String subject, double value) {
        List<Double> series = Collections.nCopies(10, value);
        return Measurement.paired(figure, subject, new Rounds(List.of(series, series)), null, null);
    }

    private static void assertContains(String page, String text) {
        assertTrue(page.contains(text), () -> "no " + text + " in\n" + page);
    }
}
