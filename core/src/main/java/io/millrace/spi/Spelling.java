// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody may have meant who wrote a name that does not exist. Any thread. */
public final class Spelling {
    /** Of that many characters one may be wrong; with two in any case. */
    private static final int CHARACTERS_PER_MISTAKE = 3;

    private static final int MISTAKES_ALWAYS_ALLOWED = 2;

    private Spelling() {}

    /** The name that is most like {@code word}, or null if none is like it. */
    public static @Nullable String nearest(String word, Collection<String> names) {
        String nearest = null;
        int least = Math.max(MISTAKES_ALWAYS_ALLOWED, word.length() / CHARACTERS_PER_MISTAKE) + 1;
        for (String name : names) {
            int distance = distance(word, name);
            if (distance < least && distance < name.length()) {
                nearest = name;
                least = distance;
            }
        }
        return nearest;
    }

    /** The end of a message about {@code word}: {@code "; did you mean x?"}, or nothing. */
    public static String hint(String word, Collection<String> names) {
        String nearest = nearest(word, names);
        return nearest == null ? "" : "; did you mean " + nearest + "?";
    }

    /**
     * Two sentences on a word that is none of these names: what may be meant, and what there is.
     */
    public static String unknown(String kind, String word, Collection<String> names) {
        String hint = hint(word, names);
        return "there is no "
                + kind
                + " '"
                + word
                + "'"
                + (hint.isEmpty() ? "." : hint)
                + (names.isEmpty() ? "" : " There are " + String.join(", ", names) + ".");
    }

    /**
     * How many characters have to be added, left out, replaced, or swapped with their neighbour to
     * make one word of the other. Case counts for nothing.
     */
    public static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] costs = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                costs[i][j] = i == 0 || j == 0 ? i + j : cost(costs, a, i, b, j);
            }
        }
        return costs[a.length()][b.length()];
    }

    private static int cost(int[][] costs, String a, int i, String b, int j) {
        int replaced = costs[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int cost = Math.min(replaced, Math.min(costs[i - 1][j], costs[i][j - 1]) + 1);
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(cost, costs[i - 2][j - 2] + 1) : cost;
    }
}
