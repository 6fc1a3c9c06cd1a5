// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.backend.BackendChoice;
import io.millrace.spi.Settings;

/**
 * Which backends there are, and which one a loop gets.
 *
 * <p>The wish is a list of names, best first, from {@link LoopOptions}, else the system property
 * {@code millrace.backend}, else the environment variable {@code MILLRACE_BACKEND}; none of them is
 * the same as {@code auto}. The first that can run is taken. {@code auto} stands for every backend
 * that takes part in the automatic choice, by rank. A list without {@code auto} never falls back
 * silently: if none of its backends can run, opening fails with the reason for each. A name that
 * does not exist is refused wherever it stands, with the nearest one that does; one that exists and
 * is not on the class path is passed over. Any thread.
 *
 * <p>A backend that is left out because the program is not whole, such as for a jar or a module
 * that it lacks, is told in the log, once a process, and stands in the report.
 */
public final class Backends {
    /** The system property that names the backends wished for. */
    public static final String PROPERTY = "millrace.backend";

    /** The environment variable that does so where the property is not set. */
    public static final String VARIABLE = Settings.BACKEND_VARIABLE;

    private Backends() {}

    /** Probes every backend on the class path; loads native code where a backend needs it. */
    public static BackendReport report() {
        return BackendChoice.report();
    }
}
