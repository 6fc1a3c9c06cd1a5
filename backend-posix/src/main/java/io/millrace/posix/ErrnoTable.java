// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jnr.constants.Constant;
import org.jspecify.annotations.Nullable;

/**
 * Turns a platform's errno values into the Linux numbers that the library uses at its boundaries.
 *
 * <p>Numbers are matched by name, so each platform's table is exactly what jnr-constants knows of
 * it. An error that Linux has no name for keeps its own number plus {@link #FOREIGN}: it stays
 * distinct from every Linux error instead of posing as one.
 */
public final class ErrnoTable {
    /** Added to numbers without a Linux counterpart; above the largest errno a kernel returns. */
    public static final int FOREIGN = 10_000;

    /** BSD names for what Linux calls differently. */
    private static final Map<String, String> SYNONYMS =
            Map.of("ENOATTR", "ENODATA", "EDOOFUS", "EINVAL", "EPROCLIM", "EAGAIN");

    /** Index: the platform's number. Null where the two numberings are the same. */
    private final int @Nullable [] linuxNumbers;

    private ErrnoTable(int @Nullable [] linuxNumbers) {
        this.linuxNumbers = linuxNumbers;
    }

    static ErrnoTable of(OperatingSystem system, Processor processor) {
        Map<String, Integer> linux = numbersByName(OperatingSystem.LINUX, Processor.X86_64);
        Map<String, Integer> here = numbersByName(system, processor);
        int[] table =
                new int[here.values().stream().mapToInt(Integer::intValue).max().orElse(0) + 1];
        Arrays.setAll(table, number -> FOREIGN + number);
        table[0] = 0;
        here.forEach(
                (name, number) -> {
                    Integer counterpart = linux.get(SYNONYMS.getOrDefault(name, name));
                    if (counterpart != null) {
                        table[number] = counterpart;
                    }
                });
        return new ErrnoTable(isIdentity(table) ? null : table);
    }

    /** The {@link io.millrace.spi.Code}, negative, for what this platform calls {@code errno}. */
    public int code(int errno) {
        return -linuxNumber(errno);
    }

    private int linuxNumber(int errno) {
        if (linuxNumbers == null) {
            return errno;
        }
        return errno >= 0 && errno < linuxNumbers.length ? linuxNumbers[errno] : FOREIGN + errno;
    }

    private static Map<String, Integer> numbersByName(OperatingSystem system, Processor processor) {
        Map<String, Integer> numbers = new HashMap<>();
        for (Constant constant : new ConstantSource(system, processor).all("Errno")) {
            if (constant.defined()) {
                numbers.put(constant.name(), constant.intValue());
            }
        }
        return numbers;
    }

    private static boolean isIdentity(int[] table) {
        for (int number = 0; number < table.length; number++) {
            if (table[number] != number && table[number] != FOREIGN + number) {
                return false;
            }
        }
        return true;
    }
}
