// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/** What the library's records look like, and how they are prepared. */
class LogTest {
    private final List<LogRecord> records = new ArrayList<>();

    @Test
    void aRecordNamesItsLoggerAndNotTheClassThatWroteIt() {
        String name = "io.millrace.spi.LogTest";
        Logger logger = Logger.getLogger(name);
        logger.setUseParentHandlers(false);
        logger.addHandler(new Keeping());
        Throwable cause = new IllegalStateException("why");

        new Log(name).report(System.Logger.Level.ERROR, "what {0} happened", cause);

        LogRecord record = records.get(0);
        assertNull(record.getSourceClassName());
        assertNull(record.getSourceMethodName());
        assertEquals(name, record.getLoggerName());
        assertEquals(Level.SEVERE, record.getLevel());
        assertEquals(cause, record.getThrown());
        String text = new SimpleFormatter().format(record);
        assertTrue(text.contains(name) && text.contains("what {0} happened"), text);
    }

    @Test
    void whatCouldNotBePreparedToTheEndIsPreparedAgain() {
        AtomicBoolean prepared = new AtomicBoolean();
        int[] tried = new int[1];
        Runnable step =
                () -> {
                    if (++tried[0] == 1) {
                        throw new OutOfMemoryError("thrown on purpose");
                    }
                };
        for (int i = 0; i < 3; i++) {
            Log.prepare(prepared, step);
        }
        assertEquals(2, tried[0]);
    }

    private final class Keeping extends Handler {
        @Override
        public void publish(LogRecord record) {
            // Looked for on the stack when it is asked for first, so not later than here.
            record.getSourceClassName();
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
