// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Takes what the library logs, in place of the console, until it is closed. What the watch over
 * loops that stand still says is only for who asks for it: its thread may say it of the test before
 * this one.
 */
final class LogTap extends Handler implements AutoCloseable {
    private static final String STALL_WATCH = "millrace-stall-watch";

    private final Logger logger = Logger.getLogger("io.millrace");
    private final Consumer<LogRecord> target;
    private final boolean takesStalls;

    LogTap(Consumer<LogRecord> target) {
        this(target, false);
    }

    private LogTap(Consumer<LogRecord> target, boolean takesStalls) {
        this.target = target;
        this.takesStalls = takesStalls;
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    static LogTap ofStallsToo(Consumer<LogRecord> target) {
        return new LogTap(target, true);
    }

    @Override
    public void publish(LogRecord record) {
        if (takesStalls || !Thread.currentThread().getName().equals(STALL_WATCH)) {
            target.accept(record);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
