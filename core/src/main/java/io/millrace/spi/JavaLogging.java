// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Prepares {@code java.util.logging}, which is what {@link System.Logger} means unless a program
 * says otherwise. Apart from {@link Log}, since the module may be missing.
 */
final class JavaLogging {
    private JavaLogging() {}

    /**
     * What {@link System.Logger} does, but without the class and method from which the record came:
     * that would always be {@link Log}, which tells nobody anything, and the logger's name stands
     * there instead.
     */
    static void log(
            String name, System.Logger.Level level, String message, @Nullable Throwable cause) {
        Logger logger = Logger.getLogger(name);
        LogRecord record = new LogRecord(levelOf(level), message);
        record.setLoggerName(name);
        record.setThrown(cause);
        record.setSourceClassName(null);
        record.setSourceMethodName(null);
        logger.log(record);
    }

    private static Level levelOf(System.Logger.Level level) {
        return switch (level) {
            case ALL -> Level.ALL;
            case TRACE -> Level.FINER;
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
            case OFF -> Level.OFF;
        };
    }

    /** Opens the handlers, and has the JDK's own formatters write a record that nobody gets. */
    static void prepare(String name) {
        LogRecord record = new LogRecord(Level.WARNING, "prepared");
        record.setLoggerName(name);
        record.setThrown(new IllegalStateException("prepared", new IllegalStateException()));
        for (Logger each = Logger.getLogger(name); each != null; each = each.getParent()) {
            for (Handler handler : each.getHandlers()) {
                if (handler.getFormatter().getClass().getClassLoader() == null) {
                    handler.getFormatter().format(record);
                }
            }
        }
    }
}
