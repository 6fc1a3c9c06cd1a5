// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.spi.Log;
import io.millrace.spi.SystemServices;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The terminals that this process has made raw, and how each was before; put back when the last one
 * lets it, or the virtual machine ends. Any thread.
 */
final class RawTerminals {
    /** By their identity; also the lock. */
    private static final Map<String, RawTerminals> RAW = new LinkedHashMap<>();

    private static boolean isHooked;

    /** All were put back for good: other hooks and loops may run on for a while. */
    private static boolean isOver;

    private final SystemServices system;

    /** One that nobody else closes. */
    private final int descriptor;

    private final byte[] before;
    private int users;

    private RawTerminals(SystemServices system, int descriptor, byte[] before) {
        this.system = system;
        this.descriptor = descriptor;
        this.before = before;
    }

    static void enter(SystemServices system, String identity, int descriptor) throws IoException {
        synchronized (RAW) {
            if (isOver) {
                throw new IllegalStateException(
                        "the virtual machine ends: no terminal becomes raw any more");
            }
            RawTerminals known = RAW.get(identity);
            if (known == null) {
                known = makeRaw(system, descriptor);
                RAW.put(identity, known);
            }
            known.users++;
        }
    }

    private static RawTerminals makeRaw(SystemServices system, int descriptor) throws IoException {
        byte[] before = system.terminals().mode(descriptor);
        if (!isHooked) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(RawTerminals::restoreAll, "millrace-terminals"));
            isHooked = true;
        }
        int own = system.descriptors().duplicate(descriptor);
        try {
            system.terminals().setMode(own, system.terminals().raw(before));
            return new RawTerminals(system, own, before);
        } catch (IoException | RuntimeException | Error failure) {
            system.descriptors().close(own);
            throw failure;
        }
    }

    static void leave(String identity) throws IoException {
        synchronized (RAW) {
            RawTerminals known = RAW.get(identity);
            if (known == null || --known.users > 0) {
                return;
            }
            RAW.remove(identity);
            try {
                known.restore();
            } finally {
                known.system.descriptors().close(known.descriptor);
            }
        }
    }

    private void restore() throws IoException {
        system.terminals().setMode(descriptor, before);
    }

    /** The last first: of one terminal under two names the first knows how it was. */
    private static void restoreAll() {
        synchronized (RAW) {
            isOver = true;
            List<Map.Entry<String, RawTerminals>> all = new ArrayList<>(RAW.entrySet());
            Collections.reverse(all);
            for (Map.Entry<String, RawTerminals> each : all) {
                try {
                    each.getValue().restore();
                } catch (IoException gone) {
                    Log.CORE.report(
                            System.Logger.Level.DEBUG,
                            "terminal " + each.getKey() + " stays raw",
                            gone);
                }
            }
        }
    }
}
