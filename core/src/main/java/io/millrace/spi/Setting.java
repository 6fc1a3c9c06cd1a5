// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be set by name: what it is called, and which values it takes. Immutable.
 *
 * <p>Every setting can be given as system property, with {@code millrace.} before its name; one of
 * a loop also with {@code LoopOptions.property}. Opening a loop refuses a value that is none, so
 * that an engine sees only values that are.
 *
 * @param name without the prefix, such as {@code io_uring.submissions}
 * @param scope what it is set for
 * @param values which there are
 * @param byDefault what holds where it is not set, for people
 */
public record Setting(String name, Scope scope, Values values, String byDefault) {
    /** What stands before the name in a system property. */
    public static final String PREFIX = "millrace.";

    /** What something is set for. */
    public enum Scope {
        /** One loop, by its options; for all others, by system property. */
        LOOP,
        /** The process, by system property only. */
        PROCESS,
        /** Millrace's own tests and benchmarks, by system property only. */
        TESTS
    }

    /** The values of a setting. */
    public sealed interface Values {
        /** What they are, to go behind "must be". */
        String description();

        /** Whether this is one. Blanks around it count for nothing. */
        boolean has(String value);
    }

    /** Whole numbers, both bounds included. */
    public record Numbers(int least, int most, boolean powersOfTwo) implements Values {
        @Override
        public String description() {
            String kind = powersOfTwo ? "a power of two" : "a whole number";
            return kind + " from " + least + " to " + most;
        }

        @Override
        public boolean has(String value) {
            try {
                int number = Integer.parseInt(value.strip());
                boolean fits = number >= least && number <= most;
                return fits && (!powersOfTwo || Integer.bitCount(number) == 1);
            } catch (NumberFormatException notANumber) {
                return false;
            }
        }
    }

    /** One word of these, or {@code true} and {@code false} in any case. */
    public record Words(List<String> words) implements Values {
        /** What {@link Boolean#getBoolean} distinguishes, and nothing else. */
        public static final Words FLAG = new Words(List.of("true", "false"));

        public Words {
            words = List.copyOf(words);
        }

        @Override
        public String description() {
            return String.join(" or ", words);
        }

        @Override
        public boolean has(String value) {
            String word = value.strip();
            return words.contains(this.equals(FLAG) ? word.toLowerCase(Locale.ROOT) : word)
                    || (word.isEmpty() && !this.equals(FLAG));
        }
    }

    /** Whatever it says; a name or path that only its reader can judge. */
    public record Text(String description) implements Values {
        @Override
        public boolean has(String value) {
            return true;
        }
    }

    /** A whole number, both bounds included, of one loop. */
    public static Setting number(String name, int least, int most, int byDefault) {
        return ofLoop(name, new Numbers(least, most, false), byDefault);
    }

    /** A power of two, both bounds included, of one loop. */
    public static Setting powerOfTwo(String name, int least, int most, int byDefault) {
        return ofLoop(name, new Numbers(least, most, true), byDefault);
    }

    private static Setting ofLoop(String name, Values values, int byDefault) {
        return new Setting(name, Scope.LOOP, values, String.valueOf(byDefault));
    }

    /** Its name as system property. */
    public String property() {
        return PREFIX + name;
    }

    /** Why this cannot be its value, in one line; null if it can. */
    public @Nullable String objection(String value) {
        if (values.has(value)) {
            return null;
        }
        String near =
                values instanceof Words choice ? Spelling.hint(value.strip(), choice.words()) : "";
        return "must be " + values.description() + ", not '" + value + "'" + near;
    }

    /**
     * The number in an engine's properties, or the default.
     *
     * @throws IllegalArgumentException if it is not a value of this setting, which happens only
     *     where no loop has looked before
     */
    public int number(Map<String, String> properties) {
        String value = properties.getOrDefault(name, byDefault);
        String objection = objection(value);
        if (objection != null) {
            throw new IllegalArgumentException(property() + " " + objection);
        }
        return Integer.parseInt(value.strip());
    }
}
