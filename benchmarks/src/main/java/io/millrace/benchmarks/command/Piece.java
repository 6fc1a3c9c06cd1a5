// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.Direction;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Measurement;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * One benchmark with one set of parameters on one subject: a line of a chart.
 *
 * @param chapter the title of its section
 * @param topic the benchmark
 * @param parameters of JMH, without the subject
 * @param subject a server, loop or timer, by its name
 */
record Piece(String chapter, Topic topic, Map<String, String> parameters, String subject) {
    private static final int KIBIBYTE = 1024;

    /** What {@code --filter} looks at: as JMH would list it. */
    String id() {
        StringJoiner id = new StringJoiner(" ");
        id.add(topic.method());
        parameters.forEach((name, value) -> id.add(name + "=" + value));
        return id.add(topic.subjects().parameter() + "=" + subject).toString();
    }

    /** The chart of the primary score. */
    Figure figure() {
        return figure(topic.quantity(), topic.unit(), topic.direction());
    }

    /** Another chart of the same run. */
    Figure figure(String quantity, String unit, Direction direction) {
        return new Figure(quantity, conditions(), unit, direction);
    }

    /** Whether a chart is of this benchmark and these parameters, be it latencies or throughput. */
    boolean shows(Figure figure) {
        return figure.quantity().startsWith(topic.quantity().replaceAll(", mean$", ""))
                && figure.parameters().equals(conditions());
    }

    /** Whether a run of this made a score, or its failure the note in place of one. */
    boolean isSourceOf(Measurement score) {
        return score.subject().equals(subject) && shows(score.figure());
    }

    int number(String parameter) {
        return Integer.parseInt(parameters.getOrDefault(parameter, "0"));
    }

    /** The parameters in words. */
    String conditions() {
        StringJoiner words = new StringJoiner(", ");
        parameters.forEach((name, value) -> words.add(words(name, value)));
        return words.toString();
    }

    private static String words(String name, String value) {
        return switch (name) {
            case "connections" ->
                    count(value) + (value.equals("1") ? " connection" : " connections");
            case "bytes" -> size(Integer.parseInt(value));
            case "inFlight" -> count(value) + " in flight";
            case "idle" -> count(value) + " idle";
            case "timers" -> count(value) + " timers";
            case "ending" -> value.equals("reset") ? "closed by reset" : "closed in order";
            case "accepting" -> value.replace('-', ' ');
            case "engine" -> value.equals("jdk") ? "the JDK's engine" : "Conscrypt's engine";
            case "handshake" -> value.equals("full") ? "full handshakes" : "resumed handshakes";
            default -> name + " " + value;
        };
    }

    private static String count(String value) {
        return String.format(Locale.ROOT, "%,d", Integer.parseInt(value));
    }

    private static String size(int bytes) {
        return bytes % KIBIBYTE == 0 ? bytes / KIBIBYTE + " KiB" : bytes + " B";
    }
}
