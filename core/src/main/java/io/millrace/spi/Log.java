// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the library itself has to say, through {@link System.Logger}; any thread.
 *
 * <p>Nothing here throws, because nobody who reports something may end by it: not a logger that is
 * broken, not a file that a logger needs while no descriptor is free, not a message that cannot be
 * made. A record that the logger does not take goes to standard error instead, in one line, and is
 * counted in {@link #failures}.
 *
 * <p>The usual loggers read files for their very first record, such as the one with the time zones,
 * and once they have failed to they fail for good. So {@link #prepare} has them do that early.
 */
public final class Log {
    /** Core's own. */
    public static final Log CORE = new Log("io.millrace");

    private static final AtomicLong FAILURES = new AtomicLong();
    private static final AtomicBoolean PREPARED = new AtomicBoolean();

    private final String name;
    private volatile System.@Nullable Logger logger;

    /**
     * @param name of the logger, such as the package's
     */
    public Log(String name) {
        this.name = name;
    }

    public void report(System.Logger.Level level, String message, @Nullable Throwable cause) {
        try {
            System.Logger to = logger();
            if (isJavaLogging(to)) {
                JavaLogging.log(name, level, message, cause);
            } else {
                to.log(level, message, cause);
            }
        } catch (Throwable broken) {
            tellPlainly(level, message, cause, broken);
        }
    }

    /** As above, for messages that have to be put together, which may fail as well. */
    public void report(
            System.Logger.Level level, Supplier<String> message, @Nullable Throwable cause) {
        String text;
        try {
            text = message.get();
        } catch (Throwable broken) {
            text = "a message that could not be made";
            tellPlainly(level, text, null, broken);
        }
        report(level, text, cause);
    }

    private System.Logger logger() {
        System.Logger known = logger;
        if (known == null) {
            known = System.getLogger(name);
            logger = known;
        }
        return known;
    }

    /** How many records no logger has taken since the virtual machine began. */
    public static long failures() {
        return FAILURES.get();
    }

    /**
     * Has the logger, and what describes failures, load and read what they need for a record. Does
     * so until it has succeeded once; what cannot be prepared is met again, and told, by the first
     * record.
     */
    public static void prepare() {
        prepare(PREPARED, Log::prepareCore);
    }

    private static void prepareCore() {
        System.Logger logger = CORE.logger();
        if (logger.isLoggable(System.Logger.Level.ERROR) && isOfThisJdk(logger)) {
            JavaLogging.prepare(CORE.name);
        }
    }

    static void prepare(AtomicBoolean prepared, Runnable step) {
        if (prepared.get()) {
            return;
        }
        try {
            step.run();
            prepared.set(true);
        } catch (Throwable unprepared) {
            // Nobody has said anything yet, so nothing is lost by it.
        }
    }

    /** Whether it only passes records on to {@code java.util.logging}, so the module is there. */
    private static boolean isJavaLogging(System.Logger logger) {
        return "java.logging".equals(logger.getClass().getModule().getName());
    }

    private static boolean isOfThisJdk(System.Logger logger) {
        return logger.getClass().getClassLoader() == null;
    }

    private void tellPlainly(
            System.Logger.Level level,
            String message,
            @Nullable Throwable cause,
            Throwable broken) {
        FAILURES.incrementAndGet();
        try {
            System.err.println(
                    level
                            + " "
                            + name
                            + ": "
                            + message
                            + (cause == null ? "" : ": " + describe(cause))
                            + " [logging failed: "
                            + describe(broken)
                            + "]");
        } catch (Throwable hopeless) {
            // There is nobody left to tell; it has been counted.
        }
    }

    /** A failure as text, also one that cannot say what it is. */
    public static String describe(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable mute) {
            return failure.getClass().getName();
        }
    }
}
