// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import java.util.Map;
import java.util.OptionalInt;
import jnr.constants.Constant;
import org.jspecify.annotations.Nullable;

/**
 * Looks up one platform's numbers by name, in jnr-constants first and in our own table where that
 * has a gap.
 *
 * <p>It reads the tables of the platform it is asked about, not those of the running one, so that
 * every platform's numbers are tested on each. It reflects and is slow: callers copy what they need
 * into finals once.
 */
final class ConstantSource {
    /**
     * What jnr-constants 0.11 does not know, as {@code system.NAME}.
     *
     * <p>Sources: FreeBSD 14 and DragonFly sys/socket.h, netinet/tcp.h; OpenBSD 7 sys/socket.h;
     * Darwin (xnu 11417) bsd/sys/socket.h and bsd/netinet/tcp.h.
     */
    private static final Map<String, Integer> GAPS =
            Map.ofEntries(
                    Map.entry("freebsd.SOCK_NONBLOCK", 0x20000000),
                    Map.entry("freebsd.SOCK_CLOEXEC", 0x10000000),
                    Map.entry("freebsd.SO_REUSEPORT_LB", 0x10000),
                    Map.entry("openbsd.SOCK_NONBLOCK", 0x4000),
                    Map.entry("openbsd.SOCK_CLOEXEC", 0x8000),
                    Map.entry("darwin.SO_LINGER_SEC", 0x1080),
                    Map.entry("darwin.TCP_KEEPINTVL", 0x101),
                    Map.entry("darwin.TCP_KEEPCNT", 0x102));

    private final String system;
    private final Processor processor;

    ConstantSource(OperatingSystem system, Processor processor) {
        String constantsPackage = system.constantsPackage();
        if (constantsPackage == null) {
            throw new UnsupportedOperationException("no table of system constants for " + system);
        }
        this.system = constantsPackage;
        this.processor = processor;
    }

    /** The number of a constant every platform has. */
    int required(String group, String name) {
        return find(group, name)
                .orElseThrow(
                        () ->
                                new UnsupportedOperationException(
                                        "no value for " + name + " on " + system));
    }

    int orElse(String group, String name, int absent) {
        return find(group, name).orElse(absent);
    }

    /** Every constant of a group that this platform defines. */
    Constant[] all(String group) {
        Class<?> table = tableOf(group);
        return table == null ? new Constant[0] : (Constant[]) table.getEnumConstants();
    }

    private OptionalInt find(String group, String name) {
        for (Constant constant : all(group)) {
            if (constant.name().equals(name) && constant.defined()) {
                return OptionalInt.of(constant.intValue());
            }
        }
        Integer gap = GAPS.get(system + '.' + name);
        return gap == null ? OptionalInt.empty() : OptionalInt.of(gap);
    }

    private @Nullable Class<?> tableOf(String group) {
        String override = processor.constantsPackage();
        Class<?> special = override == null ? null : load(system + '.' + override, group);
        return special != null ? special : load(system, group);
    }

    private static @Nullable Class<?> load(String packageName, String group) {
        try {
            return Class.forName("jnr.constants.platform." + packageName + '.' + group);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }
}
