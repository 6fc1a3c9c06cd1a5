// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import java.util.List;
import java.util.ServiceLoader;

/** The backends that tests run on, as far as this machine has them. */
public final class BackendsHere {
    private static final List<String> REQUIRED =
            List.of(System.getProperty("millrace.required", "").split(","));

    private BackendsHere() {}

    /** The backend of this name. One that cannot run here aborts the test, or fails if required. */
    public static BackendProvider provider(String name) {
        for (BackendProvider each : ServiceLoader.load(BackendProvider.class)) {
            if (each.name().equals(name)) {
                Availability answer = each.probe();
                if (REQUIRED.contains(name)) {
                    assertTrue(answer.usable(), answer.reason());
                }
                assumeTrue(answer.usable(), answer.reason());
                return each;
            }
        }
        throw new IllegalStateException("no backend is called " + name);
    }
}
