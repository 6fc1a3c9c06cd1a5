// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Prepares {@code java.util.logging}, which is what {@link System.Logger} means unless a program
 * says otherwise. Apart from {@link Log}, since the module may be missing.
 */
final class JavaLogging {
    private JavaLogging() {}

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
