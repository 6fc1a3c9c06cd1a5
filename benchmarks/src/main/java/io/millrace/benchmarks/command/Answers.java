// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.Answer;
import io.millrace.benchmarks.report.Direction;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.report.Verdict;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Comparison.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which backend to use for what, as far as the figures tell. */
final class Answers {
    /**
     * A use, and the charts that tell of it.
     *
     * @param words the use
     * @param charts of which the first that was measured answers
     */
    private record Use(String words, List<Predicate<Figure>> charts) {}

    /** What {@code auto} takes where both can run, and what it takes otherwise. */
    private static final String FIRST_CHOICE = "io_uring";

    private static final String SECOND_CHOICE = "epoll";

    private static final String ECHOED = "Messages echoed";
    private static final String AMONG_IDLE = "Messages echoed among idle";

    private static final List<Use> USES =
            List.of(
                    new Use("few connections", List.of(chart(ECHOED, "1 connection, 64 B, 1 in"))),
                    new Use(
                            "many connections",
                            List.of(
                                    chart(ECHOED, "512 connections, 64 B, 1 in"),
                                    chart(ECHOED, "64 connections, 64 B, 1 in"))),
                    new Use(
                            "large messages",
                            List.of(chart(ECHOED, "64 connections, 64 KiB, 1 in"))),
                    new Use("an idle crowd", List.of(chart(AMONG_IDLE, ""))),
                    new Use(
                            "short-lived connections",
                            List.of(chart("Connections for one message", "closed by reset"))),
                    new Use(
                            "reading files",
                            List.of(chart("Blocks of 4 KiB read", "16 in flight"))));

    private Answers() {}

    private static Predicate<Figure> chart(String quantity, String conditions) {
        return figure ->
                figure.parameters().startsWith(conditions)
                        && (figure.quantity().equals(quantity)
                                || figure.quantity().startsWith(quantity + ":"));
    }

    static List<Answer> of(List<Section> sections) {
        List<Answer> answers = new ArrayList<>();
        for (Use use : USES) {
            answers.add(answer(use, sections));
        }
        Answer preference = preference(sections);
        if (preference != null) {
            answers.add(preference);
        }
        return answers;
    }

    /** What speaks for and against the order in which loops without a wish choose; or null. */
    private static @Nullable Answer preference(List<Section> sections) {
        List<String> known = new ArrayList<>();
        List<String> open = new ArrayList<>();
        for (Use use : USES) {
            for (Predicate<Figure> chart : use.charts()) {
                int before = known.size() + open.size();
                for (Section section : sections) {
                    for (Figure figure : section.figures().keySet()) {
                        if (chart.test(figure) && !figure.quantity().contains("percentile")) {
                            prefer(use, figure, section.verdict(figure), known, open);
                        }
                    }
                }
                if (known.size() + open.size() > before) {
                    break;
                }
            }
        }
        if (known.isEmpty() && open.isEmpty()) {
            return null;
        }
        return new Answer(
                FIRST_CHOICE + " before " + SECOND_CHOICE + ", as without a wish",
                known.isEmpty() ? "nothing for it or against it" : String.join("; ", known),
                String.join("; ", open));
    }

    private static void prefer(
            Use use, Figure figure, Verdict verdict, List<String> known, List<String> open) {
        Comparison pair = verdict.compare(FIRST_CHOICE, SECOND_CHOICE);
        if (pair == null || verdict.unranked() != null) {
            return;
        }
        String text = use.words() + ": " + what(figure);
        if (pair.order() == Order.NOT_TOLD_APART) {
            open.add(text);
        } else {
            boolean better =
                    (pair.order() == Order.GREATER)
                            == (figure.direction() == Direction.HIGHER_IS_BETTER);
            String side = better ? "for it, " : "against it, ";
            known.add(side + text + " " + Soundness.words(pair.ratio()));
        }
    }

    private static Answer answer(Use use, List<Section> sections) {
        for (Predicate<Figure> chart : use.charts()) {
            List<String> known = new ArrayList<>();
            List<String> open = new ArrayList<>();
            for (Section section : sections) {
                for (Figure figure : section.figures().keySet()) {
                    if (chart.test(figure) && !figure.quantity().contains("percentile")) {
                        add(section.verdict(figure), what(figure), known, open);
                    }
                }
            }
            if (!known.isEmpty() || !open.isEmpty()) {
                return new Answer(
                        use.words(),
                        known.isEmpty() ? "nothing" : String.join("; ", known),
                        String.join("; ", open));
            }
        }
        return new Answer(use.words(), "nothing: not measured", "");
    }

    private static String what(Figure figure) {
        int colon = figure.quantity().indexOf(": ");
        return colon < 0 ? "rate" : figure.quantity().substring(colon + 2);
    }

    private static void add(Verdict verdict, String what, List<String> known, List<String> open) {
        if (verdict.baseline() == null) {
            return;
        }
        List<List<String>> groups = verdict.groups();
        if (verdict.unranked() != null) {
            open.add(what + ": " + verdict.unranked());
        } else if (groups.size() < 2 && verdict.told() > 0) {
            known.add(what + ": nobody is told to be better than " + names(verdict.unbeaten()));
            open.add(what + ": any other order");
        } else if (groups.size() < 2) {
            open.add(what + ": not told apart" + widest(verdict));
        } else {
            known.add(what + ": best " + names(groups.get(0)) + ", then " + rest(groups));
            for (List<String> group : groups) {
                if (group.size() > 1) {
                    open.add(what + ": " + names(group) + " among each other");
                }
            }
        }
    }

    private static String rest(List<List<String>> groups) {
        List<String> rest = new ArrayList<>();
        groups.subList(1, groups.size()).forEach(group -> rest.add(names(group)));
        return String.join(", then ", rest);
    }

    private static String names(List<String> group) {
        return group.stream()
                .filter(name -> !name.endsWith(ServerKinds.AGAIN))
                .collect(Collectors.joining(" / "));
    }

    private static String widest(Verdict verdict) {
        double widest = verdict.widest();
        return Double.isFinite(widest)
                ? String.format(Locale.ROOT, ", to ±%.0f %%", 100 * widest)
                : ", too few rounds";
    }
}
