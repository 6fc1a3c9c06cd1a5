// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server that may be started.
 *
 * @param name as it is called in options and reports
 * @param description what it is, in a few words
 * @param command the words of its command; where one holds {@value #PORT}, that becomes the port to
 *     listen on, otherwise the server chooses it and says {@code listening on PORT}
 * @param mostConnections how many it can serve at a time
 * @param refusal why it cannot run here, or null if it can
 */
record Candidate(
        String name,
        String description,
        List<String> command,
        int mostConnections,
        @Nullable String refusal) {
    static final String PORT = "{port}";

    static Candidate unusable(String name, String description, String refusal) {
        return new Candidate(name, description, List.of(), 0, refusal);
    }

    boolean usable() {
        return refusal == null;
    }

    boolean serves(Shape shape) {
        return shape.connections() <= mostConnections;
    }

    boolean isToldItsPort() {
        return command.stream().anyMatch(word -> word.contains(PORT));
    }
}
