// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.IoException;
import io.millrace.posix.DescriptorBackend;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketDialect;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The engine as it is, on an {@link EmulatedKqueue}: one backend per record layout, each with the
 * filter numbers and errors of a system that has it.
 */
public abstract class EmulatedBackend extends DescriptorBackend {
    /** 32-byte records. */
    public static final class Macos extends EmulatedBackend {
        public Macos() {
            super(KqueueAbi.MACOS);
        }
    }

    /** 64-byte records. */
    public static final class Freebsd extends EmulatedBackend {
        public Freebsd() {
            super(KqueueAbi.FREEBSD);
        }
    }

    /** 40-byte records. */
    public static final class Netbsd extends EmulatedBackend {
        public Netbsd() {
            super(KqueueAbi.NETBSD);
        }
    }

    /** 72-byte records. */
    public static final class Netbsd11 extends EmulatedBackend {
        public Netbsd11() {
            super(KqueueAbi.NETBSD11);
        }
    }

    private final KqueueAbi abi;

    private EmulatedBackend(KqueueAbi abi) {
        this.abi = abi;
    }

    @Override
    public String name() {
        return "kqueue-like-" + abi.label();
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    protected @Nullable String foreignSystem() {
        return OperatingSystem.current() == OperatingSystem.LINUX
                ? null
                : "the kqueue that tests play is made of Linux's epoll";
    }

    @Override
    protected Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
            throws IoException {
        EmulatedKqueue kqueue = new EmulatedKqueue(abi);
        return KqueueBackend.openTested(kqueue, abi, kqueue.errors(), context);
    }

    @Override
    protected SocketDialect dialect(SystemCalls calls, Platform platform) {
        return new EmulatedDialect(EmulatedKqueue.systemOf(abi), platform.constants(), calls);
    }

    @Override
    protected void describe(Map<String, String> facts) {
        facts.put("records", abi.layout.bytes + " bytes, " + abi.label());
    }
}
