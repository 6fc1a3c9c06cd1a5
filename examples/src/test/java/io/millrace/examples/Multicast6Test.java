// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Groups of IPv6 at the loopback interface, to which Linux has no route by itself: in a network of
 * its own, which has one.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "networks of processes are Linux's")
class Multicast6Test {
    private static final int NO_NETWORK = 77;

    /** What is made here goes with the process. */
    private static final String MAKE_ROUTE =
            "ip link set lo up && ip -6 route add local ff00::/8 dev lo || exit "
                    + NO_NETWORK
                    + "; exec \"$@\"";

    @Test
    void everyBackendHearsSocatAndIsHeard() throws Exception {
        Programs.run(List.of("socat", "-V"), "");
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of("unshare", "--net"));
        if (!System.getProperty("user.name", "").equals("root")) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(List.of("sh", "-c", MAKE_ROUTE, "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath));
        command.add(Multicast6Program.class.getName());
        Programs.Outcome outcome = Programs.run(command, "");
        boolean hasNetwork =
                outcome.status() != NO_NETWORK && !outcome.output().startsWith("unshare:");
        assumeTrue(hasNetwork, () -> "no network of its own: " + outcome.output());
        List<String> expected = new ArrayList<>();
        for (String backend : Serving.backends()) {
            expected.add(backend + " hears to the group");
            expected.add(backend + " is heard: to the group");
        }
        List<String> lines = outcome.output().lines().toList();
        assertEquals(expected, lines.stream().filter(expected::contains).toList(), lines::toString);
        assertEquals(0, outcome.status(), outcome.output());
    }
}
