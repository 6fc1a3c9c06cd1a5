// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.spi.Log;
import io.millrace.spi.SystemServices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A terminal that this process has made raw, and how it was before; put back when the last one lets
 * it, or the virtual machine ends. Any thread.
 */
final class RawTerminals {
    /** In the order in which they became raw; also the lock. */
    private static final List<RawTerminals> RAW = new ArrayList<>();

    private static boolean isHooked;

    /** All were put back for good: other hooks and loops may run on for a while. */
    private static boolean isOver;

    private final SystemServices system;
    private final String identity;

    /** One that nobody else closes. */
    private final int descriptor;

    private final byte[] before;

    /** What it was when it had become raw. */
    private final byte[] made;

    private int users;

    private RawTerminals(
            SystemServices system, String identity, int descriptor, byte[] before, byte[] made) {
        this.system = system;
        this.identity = identity;
        this.descriptor = descriptor;
        this.before = before;
        this.made = made;
    }

    /** Answers what is to be left once. */
    static RawTerminals enter(SystemServices system, String identity, int descriptor)
            throws IoException {
        synchronized (RAW) {
            if (isOver) {
                throw new IllegalStateException(
                        "the virtual machine ends: no terminal becomes raw any more");
            }
            byte[] mode = system.terminals().mode(descriptor);
            RawTerminals known = find(identity, mode);
            if (known == null) {
                known = makeRaw(system, identity, descriptor, mode);
                RAW.add(known);
            }
            known.users++;
            return known;
        }
    }

    /**
     * Terminals of two containers may have one number, and so one identity; one that is not as the
     * known one is now is another.
     */
    private static @Nullable RawTerminals find(String identity, byte[] mode) {
        for (RawTerminals each : RAW) {
            if (each.identity.equals(identity) && each.isNow(mode)) {
                return each;
            }
        }
        return null;
    }

    private boolean isNow(byte[] mode) {
        try {
            return Arrays.equals(mode, system.terminals().mode(descriptor));
        } catch (IoException gone) {
            Log.CORE.report(System.Logger.Level.DEBUG, identity + " has gone", gone);
            return false;
        }
    }

    private static RawTerminals makeRaw(
            SystemServices system, String identity, int descriptor, byte[] before)
            throws IoException {
        if (!isHooked) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(RawTerminals::restoreAll, "millrace-terminals"));
            isHooked = true;
        }
        int own = system.descriptors().duplicate(descriptor);
        try {
            system.terminals().setMode(own, system.terminals().raw(before));
            return new RawTerminals(system, identity, own, before, system.terminals().mode(own));
        } catch (IoException | RuntimeException | Error failure) {
            system.descriptors().close(own);
            throw failure;
        }
    }

    void leave() throws IoException {
        synchronized (RAW) {
            if (--users > 0) {
                return;
            }
            RAW.remove(this);
            try {
                restore();
            } finally {
                system.descriptors().close(descriptor);
            }
        }
    }

    /**
     * In the background too, unless the shell that is in front has set it for itself meanwhile, as
     * those do that people type to.
     */
    private void restore() throws IoException {
        if (isNow(made) || !system.terminals().isInBackground(descriptor)) {
            system.terminals().putBack(descriptor, before);
        }
    }

    /** The last first: of one terminal under two names the first knows how it was. */
    private static void restoreAll() {
        synchronized (RAW) {
            isOver = true;
            List<RawTerminals> all = new ArrayList<>(RAW);
            Collections.reverse(all);
            for (RawTerminals each : all) {
                try {
                    each.restore();
                } catch (IoException gone) {
                    Log.CORE.report(
                            System.Logger.Level.DEBUG,
                            "terminal " + each.identity + " stays raw",
                            gone);
                }
            }
        }
    }
}
