// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a page shows.
 *
 * @param status how far to rely on it, or null if it does not say
 * @param answers which subject is best for what
 * @param facts where and how it was measured
 * @param sections what came out
 */
public record Report(
        @Nullable Status status, List<Answer> answers, List<Facts> facts, List<Section> sections) {
    /** Nothing measured yet. */
    public static final Report EMPTY = new Report(null, List.of(), List.of(), List.of());

    public Report {
        answers = List.copyOf(answers);
        facts = List.copyOf(facts);
        sections = List.copyOf(sections);
    }

    /** The same with these for the sections of {@code source}, which move to the end. */
    public Report replacing(String source, List<Section> replacements) {
        List<Section> all = new ArrayList<>(sections);
        all.removeIf(section -> section.source().equals(source));
        all.addAll(replacements);
        return new Report(status, answers, facts, all);
    }

    /** The same with these facts, instead of those of the same title if there are any. */
    public Report withFacts(Facts added) {
        List<Facts> all = new ArrayList<>(facts);
        all.removeIf(block -> block.title().equals(added.title()));
        all.add(added);
        return new Report(status, answers, all, sections);
    }

    /** The same with this at the top. */
    public Report withStatus(Status top, List<Answer> replacements) {
        return new Report(top, replacements, facts, sections);
    }
}
