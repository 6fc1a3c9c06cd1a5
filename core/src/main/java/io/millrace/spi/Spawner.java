// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts, signals and reaps child processes. Any thread. */
public interface Spawner {
    /** Answer of {@link #reap}: it runs still. */
    long RUNS = -1;

    /**
     * What to start.
     *
     * @param command the program, looked for in this process's PATH unless it has a slash, and its
     *     arguments
     * @param environment each as {@code NAME=value}; null for this process's own, byte for byte
     * @param directory where it starts, or null for this process's
     * @param input a descriptor, which stays the caller's, and becomes 0 of the child
     * @param output another, or the same, for 1
     * @param errors another, or the same, for 2
     * @param detached whether it gets a session of its own: setsid(2)
     */
    record Plan(
            List<String> command,
            @Nullable List<String> environment,
            @Nullable Path directory,
            int input,
            int output,
            int errors,
            boolean detached) {}

    /**
     * Starts it; waits until it has begun to run its program, or could not. It inherits nothing but
     * its ends, and no signal is blocked or ignored in it.
     *
     * @return its number
     * @throws IoException the reason of the call that failed, such as {@code ENOENT} of the program
     */
    int spawn(Plan plan) throws IoException;

    /**
     * Opens a file as an end of a child, not inherited otherwise; waits as long as open(2) does.
     *
     * @param mode one of {@code r}, {@code w} and {@code a}: to read, to write anew, to append
     */
    int open(Path path, char mode) throws IoException;

    /**
     * A descriptor that is readable when the child has ended, or a negative code where there is no
     * such thing, or none left.
     */
    int endDescriptor(int pid);

    /** Waits until a child has ended, and leaves it to be reaped. */
    void awaitEnd(int pid);

    /**
     * Takes the status of a child that has ended: {@link #RUNS}, the code with which it exited, or
     * 256 and the number of the signal that has ended it.
     *
     * @throws IoException {@code ECHILD} if somebody else has reaped it
     */
    long reap(int pid) throws IoException;

    /** Sends a signal: {@code OK} or a negative code. */
    int kill(int pid, int signal);

    /** The number of a signal by its name without {@code SIG}; 0 if there is none. */
    int numberOf(String signal);

    /** The name of a signal without {@code SIG}, or its number. */
    String nameOf(int signal);
}
