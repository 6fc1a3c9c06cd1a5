// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Takes what the library logs, in place of the console, until it is closed. */
final class LogTap extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.millrace");
    private final Consumer<LogRecord> target;

    LogTap(Consumer<LogRecord> target) {
        this.target = target;
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    @Override
    public void publish(LogRecord record) {
        target.accept(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
