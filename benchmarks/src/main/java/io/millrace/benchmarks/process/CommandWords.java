// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command into words at blanks, as a shell would: quotes of either kind keep blanks, a
 * backslash keeps the character after it. Nothing else is special, because no shell runs it.
 */
final class CommandWords {
    private static final char NONE = 0;

    private final String command;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private char quote = NONE;

    private CommandWords(String command) {
        this.command = command;
    }

    static List<String> of(String command) throws UsageException {
        return new CommandWords(command).split();
    }

    private List<String> split() throws UsageException {
        for (int i = 0; i < command.length(); i++) {
            char character = command.charAt(i);
            if (character == '\\' && quote != '\'' && i + 1 < command.length()) {
                i++;
                append(command.charAt(i));
            } else if (quote != NONE) {
                quoted(character);
            } else {
                plain(character);
            }
        }
        if (quote != NONE) {
            throw new UsageException("a quote is not closed: " + command);
        }
        endWord();
        return words;
    }

    private void quoted(char character) {
        if (character == quote) {
            quote = NONE;
        } else {
            append(character);
        }
    }

    private void plain(char character) {
        if (character == '"' || character == '\'') {
            quote = character;
            inWord = true;
        } else if (Character.isWhitespace(character)) {
            endWord();
        } else {
            append(character);
        }
    }

    private void append(char character) {
        word.append(character);
        inWord = true;
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }
}
