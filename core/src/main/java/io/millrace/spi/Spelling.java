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
        return distance(a, b, a.length() + b.length());
    }

    /**
     * Whether the {@link #distance} is that small; of words that have little in common that is
     * known after a few letters, which counts where every name there is is compared.
     */
    public static boolean isWithin(int most, String one, String other) {
        if (Math.abs(one.length() - other.length()) > 2 * most) {
            // Twice, as another case may have another length.
            return false;
        }
        return distance(one.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT), most) <= most;
    }

    /** What it is, or any number above {@code most} if it is more than that. */
    private static int distance(String a, String b, int most) {
        int[][] costs = new int[a.length() + 1][b.length() + 1];
        int leastBefore = 0;
        for (int i = 0; i <= a.length(); i++) {
            int least = Integer.MAX_VALUE;
            for (int j = 0; j <= b.length(); j++) {
                costs[i][j] = i == 0 || j == 0 ? i + j : cost(costs, a, i, b, j);
                least = Math.min(least, costs[i][j]);
            }
            // The next row builds on this one and, for two letters swapped, on the one before.
            if (Math.min(least, leastBefore) > most) {
                return least;
            }
            leastBefore = least;
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
