// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How long a file may be. The few that are longer than the limit are listed with a length and a
 * reason, as {@code path length reason}; such a file may shrink but not grow, and leaves the list
 * when it fits. Nothing may pass the hard limit.
 */
final class LongFiles {
    static final int LIMIT = 400;
    static final int HARD_LIMIT = 600;

    private final Map<String, Integer> allowed = new HashMap<>();

    LongFiles(List<String> entries) {
        for (String entry : entries) {
            if (!entry.isBlank() && !entry.startsWith("#")) {
                add(entry);
            }
        }
    }

    static LongFiles ofProject() {
        try (InputStream list = LongFiles.class.getResourceAsStream("long-files.txt")) {
            String text = new String(list.readAllBytes(), StandardCharsets.UTF_8);
            return new LongFiles(text.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String entry) {
        String[] fields = entry.split(" ", 3);
        if (fields.length < 3 || fields[2].isBlank()) {
            throw new IllegalArgumentException("not 'path length reason': " + entry);
        }
        allowed.put(fields[0], Integer.valueOf(fields[1]));
    }

    void check(List<SourceFile> files, Consumer<Violation> report) {
        Map<String, Integer> unseen = new HashMap<>(allowed);
        for (SourceFile file : files) {
            int length = file.lines().size();
            String problem = problemWith(length, unseen.remove(file.path()));
            if (problem != null) {
                report.accept(new Violation(file.path(), length, problem));
            }
        }
        unseen.forEach(
                (path, length) ->
                        report.accept(new Violation(path, length, "listed but not there")));
    }

    private static String problemWith(int length, Integer listed) {
        if (length > HARD_LIMIT) {
            return length + " lines: nothing may be longer than " + HARD_LIMIT;
        }
        if (listed == null) {
            return length > LIMIT
                    ? length + " lines: look for the missing concept beyond " + LIMIT
                    : null;
        }
        if (length <= LIMIT) {
            return length + " lines: fits now, take it off the list of long files";
        }
        return length > listed ? length + " lines: grew beyond the listed " + listed : null;
    }
}
