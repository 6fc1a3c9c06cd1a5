// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.spi.Descriptors;
import io.millrace.spi.Log;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this process made non-blocking although others have it as well, such as what its standard
 * streams stand for. It is as it was again when the last one lets it, or the virtual machine ends:
 * while any is open here a call of its loop must not wait. Any thread.
 */
final class Unblocked {
    /** By what has one identity; also the lock of all here. */
    private static final Map<String, Unblocked> ALL = new HashMap<>();

    private static boolean isHooked;

    private final Descriptors calls;
    private final String identity;

    /** Of each that blocked a descriptor that nobody else closes. */
    private final List<Integer> blocked = new ArrayList<>();

    private int users;

    private Unblocked(Descriptors calls, String identity) {
        this.calls = calls;
        this.identity = identity;
    }

    /**
     * Makes it non-blocking for as many users.
     *
     * @return what each of them leaves once; null if nobody has to
     */
    static @Nullable Unblocked enter(Descriptors calls, int descriptor, int users)
            throws IoException {
        synchronized (ALL) {
            boolean didBlock = calls.setBlocking(descriptor, false);
            try {
                // Two of one identity may still block or not each for itself, as those do that were
                // opened twice. Taken for one they are only restored later than they could be.
                String identity = calls.identity(descriptor);
                Unblocked known = ALL.get(identity);
                if (didBlock) {
                    hook();
                    int own = calls.duplicate(descriptor);
                    if (known == null) {
                        known = new Unblocked(calls, identity);
                        ALL.put(identity, known);
                    }
                    known.blocked.add(own);
                }
                if (known != null) {
                    known.users += users;
                }
                return known;
            } catch (IoException | RuntimeException | Error failure) {
                if (didBlock) {
                    calls.setBlocking(descriptor, true);
                }
                throw failure;
            }
        }
    }

    private static void hook() {
        if (!isHooked) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(Unblocked::restoreAll, "millrace-descriptors"));
            isHooked = true;
        }
    }

    /** So many of its users do not need it any more. Does not throw. */
    void leave(int leaving) {
        synchronized (ALL) {
            users -= leaving;
            if (users == 0) {
                ALL.remove(identity);
                restore();
                blocked.forEach(calls::close);
            }
        }
    }

    private void restore() {
        for (int each : blocked) {
            try {
                calls.setBlocking(each, true);
            } catch (IoException gone) {
                Log.CORE.report(System.Logger.Level.DEBUG, identity + " stays non-blocking", gone);
            }
        }
    }

    private static void restoreAll() {
        synchronized (ALL) {
            ALL.values().forEach(Unblocked::restore);
        }
    }
}
