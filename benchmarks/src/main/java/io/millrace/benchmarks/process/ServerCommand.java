// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import java.util.List;

/**
 * A server of the user's own, given as {@code NAME=COMMAND}.
 *
 * @param name as it is called in options and reports
 * @param words the command, which holds {@link Candidate#PORT} somewhere
 */
record ServerCommand(String name, List<String> words) {
    static ServerCommand parse(String text) throws UsageException {
        int sign = text.indexOf('=');
        if (sign < 1 || !text.substring(0, sign).matches("[A-Za-z0-9_.+-]+")) {
            throw new UsageException("--server-command is NAME=COMMAND, not " + text);
        }
        String command = text.substring(sign + 1);
        if (!command.contains(Candidate.PORT)) {
            throw new UsageException(
                    "--server-command: " + Candidate.PORT + " must be in the command: " + command);
        }
        return new ServerCommand(text.substring(0, sign), CommandWords.of(command));
    }

    Candidate candidate() {
        return new Candidate(name, String.join(" ", words), words, Integer.MAX_VALUE, null);
    }
}
