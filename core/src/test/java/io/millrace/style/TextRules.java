// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The rules that need no more than the text: header, width, and words that postpone work. */
final class TextRules {
    private static final String HEADER = "// SPDX-License-Identifier: Apache-2.0";

    /** The formatter wraps code at this column; comments and strings it leaves to us. */
    private static final int WIDTH = 100;

    /** Built from halves, so that this file passes its own rule. */
    private static final Pattern POSTPONED =
            Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|X" + "XX" + ")\\b");

    private final Consumer<Violation> report;

    TextRules(Consumer<Violation> report) {
        this.report = report;
    }

    void check(List<SourceFile> files) {
        for (SourceFile file : files) {
            checkLines(file, file.lines());
        }
    }

    private void checkLines(SourceFile file, List<String> lines) {
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            report.accept(new Violation(file.path(), 1, "the first line is not " + HEADER));
        }
        for (int i = 0; i < lines.size(); i++) {
            String problem = problemIn(lines.get(i));
            if (problem != null) {
                report.accept(new Violation(file.path(), i + 1, problem));
            }
        }
    }

    private static String problemIn(String line) {
        if (POSTPONED.matcher(line).find()) {
            return "do the work or write an issue instead of a reminder";
        }
        if (line.length() > WIDTH && !line.startsWith("import ") && !line.contains("://")) {
            return "wider than " + WIDTH + " columns";
        }
        return null;
    }
}
