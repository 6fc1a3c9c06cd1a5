// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The colour of a subject, the same in every chart: one hue for each kernel interface, full for
 * Millrace, hatched for others. The hues are those of Okabe and Ito, which people with any kind of
 * colour vision can tell apart; yellow is darkened, for it stands on white.
 */
final class Palette {
    private static final String OTHER = "#6b7280";

    /** Longer names come before those that they contain. */
    private static final Map<String, String> HUES = new LinkedHashMap<>();

    static {
        HUES.put("io_uring", "#0072b2");
        HUES.put("liburing", "#0072b2");
        HUES.put("epoll-et", "#e69f00");
        HUES.put("epoll", "#d55e00");
        HUES.put("libuv", "#9a8500");
        HUES.put("kqueue", "#9a8500");
        HUES.put("poll", "#009e73");
        HUES.put("select", "#cc79a7");
        HUES.put("nio", "#56b4e9");
    }

    private Palette() {}

    static String hue(String subject) {
        for (Map.Entry<String, String> hue : HUES.entrySet()) {
            if (subject.contains(hue.getKey())) {
                return hue.getValue();
            }
        }
        return OTHER;
    }

    /** Whether it is not Millrace's. */
    static boolean isHatched(String subject) {
        return !HUES.containsKey(subject) || subject.startsWith("lib");
    }
}
