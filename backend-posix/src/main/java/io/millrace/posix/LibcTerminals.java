// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Descriptors;
import io.millrace.spi.TerminalCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import jnr.constants.platform.OpenFlags;
import jnr.constants.platform.Signal;

/** Terminals by libc's calls. Any thread. */
final class LibcTerminals implements TerminalCalls {
    private static final TerminalFunctions LIBC = Libc.bind(TerminalFunctions.class);

    /** More than any system's struct termios. */
    private static final int MODE_BYTES = 256;

    /** More than any system's sigset_t. */
    private static final int SIGNAL_SET_BYTES = 128;

    private static final int SIZE_BYTES = 8;
    private static final int NAME_BYTES = 256;
    private static final int AT_ONCE = 0;
    private static final int READ_AND_WRITE = 2;
    private static final int LARGEST = 0xffff;

    /**
     * Answered for the side of screen and keyboard only; opened anew that would be another pair.
     */
    private static final long LINUX_GET_PAIR_NUMBER = 0x8004_5430L;

    /** Answered alike for each name of a terminal, /dev/tty too, and for both sides of a pair. */
    private static final long LINUX_GET_DEVICE = 0x8004_5432L;

    private static final int PSEUDO_TERMINALS = 136;

    /** Two of which nothing is known are never taken for one. */
    private static final AtomicInteger UNKNOWN = new AtomicInteger();

    private final SystemCalls calls;
    private final Descriptors descriptors;
    private final Platform platform;
    private final boolean isLinux;

    LibcTerminals(SystemCalls calls, Descriptors descriptors, Platform platform) {
        this.calls = calls;
        this.descriptors = descriptors;
        this.platform = platform;
        isLinux = platform.system() == OperatingSystem.LINUX;
    }

    @Override
    public int reopen(int descriptor) throws IoException {
        NativeMemory number = NativeMemory.allocate(Integer.BYTES);
        boolean canBeOpened =
                isLinux
                        && number.keptFor(
                                        LIBC.ioctl(
                                                descriptor,
                                                LINUX_GET_PAIR_NUMBER,
                                                number.address()))
                                < 0;
        if (canBeOpened) {
            SocketConstants names = platform.constants();
            int flags =
                    switch (descriptors.direction(descriptor)) {
                        case READ -> 0;
                        case WRITE -> names.openWriteOnly;
                        case BOTH -> READ_AND_WRITE;
                    };
            NativeMemory path = FileNames.zeroTerminated(Path.of("/proc/self/fd/" + descriptor));
            int opened =
                    calls.open(path, flags | noTerminal() | names.openCloexec | names.openNonblock);
            if (opened >= 0) {
                return opened;
            }
            // Another user's, or one that has gone: what there is has to do.
        }
        return descriptors.duplicate(descriptor);
    }

    /** A process without one must not get it as its own by an open. */
    private static int noTerminal() {
        return OpenFlags.O_NOCTTY.intValue();
    }

    @Override
    public String identity(int descriptor) throws IoException {
        mode(descriptor);
        NativeMemory device = NativeMemory.allocate(Integer.BYTES);
        if (isLinux
                && device.keptFor(LIBC.ioctl(descriptor, LINUX_GET_DEVICE, device.address()))
                        >= 0) {
            return linuxName(device.getInt(0));
        }
        NativeMemory name = NativeMemory.allocate(NAME_BYTES);
        int error = name.keptFor(LIBC.ttyname_r(descriptor, name.address(), NAME_BYTES));
        if (error != 0) {
            // It has no name here, being another container's, or the screen's side of a pair.
            String known = DescriptorStatus.of(platform, descriptor, "rdev");
            return known != null ? known : "terminal without a name " + UNKNOWN.incrementAndGet();
        }
        int length = 0;
        byte[] bytes = new byte[NAME_BYTES];
        while (length < NAME_BYTES && name.getByte(length) != 0) {
            bytes[length] = name.getByte(length);
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** See makedev(3). */
    private static String linuxName(int device) {
        int major = device >>> 8 & 0xfff;
        int minor = (device & 0xff) | (device >>> 12 & 0xfff00);
        return major == PSEUDO_TERMINALS ? "/dev/pts/" + minor : "terminal " + major + ":" + minor;
    }

    @Override
    public byte[] mode(int descriptor) throws IoException {
        NativeMemory mode = NativeMemory.allocate(MODE_BYTES);
        check(mode.keptFor(LIBC.tcgetattr(descriptor, mode.address())), "tcgetattr");
        return bytesOf(mode);
    }

    private static byte[] bytesOf(NativeMemory memory) {
        byte[] bytes = new byte[MODE_BYTES];
        for (int i = 0; i < MODE_BYTES; i++) {
            bytes[i] = memory.getByte(i);
        }
        return bytes;
    }

    private static NativeMemory memoryOf(byte[] mode) {
        NativeMemory memory = NativeMemory.allocate(MODE_BYTES);
        memory.putBytes(0, mode);
        return memory;
    }

    @Override
    public void setMode(int descriptor, byte[] mode) throws IoException {
        NativeMemory memory = memoryOf(mode);
        int result;
        do {
            result = memory.keptFor(LIBC.tcsetattr(descriptor, AT_ONCE, memory.address()));
        } while (result < 0 && platform.errors().code(Libc.lastError()) == Code.INTERRUPTED);
        check(result, "tcsetattr");
    }

    @Override
    public void putBack(int descriptor, byte[] mode) throws IoException {
        NativeMemory one = NativeMemory.allocate(SIGNAL_SET_BYTES);
        NativeMemory before = NativeMemory.allocate(SIGNAL_SET_BYTES);
        LIBC.sigemptyset(one.address());
        LIBC.sigaddset(one.address(), Signal.SIGTTOU.intValue());
        int blocked = LIBC.sigprocmask(blocking(), one.address(), before.address());
        check(one.keptFor(blocked), "sigprocmask");
        try {
            // Who has that signal blocked may do it, and is sent none.
            setMode(descriptor, mode);
        } finally {
            before.keptFor(LIBC.sigprocmask(replacing(), before.address(), 0));
        }
    }

    /** SIG_BLOCK. */
    private int blocking() {
        return isLinux ? 0 : 1;
    }

    /** SIG_SETMASK. */
    private int replacing() {
        return isLinux ? 2 : 3;
    }

    @Override
    public boolean isInBackground(int descriptor) {
        int front = LIBC.tcgetpgrp(descriptor);
        return front > 0 && front != LIBC.getpgrp();
    }

    @Override
    public byte[] raw(byte[] mode) {
        NativeMemory memory = memoryOf(mode);
        LIBC.cfmakeraw(memory.address());
        return bytesOf(memory);
    }

    @Override
    public long size(int descriptor) throws IoException {
        NativeMemory size = NativeMemory.allocate(SIZE_BYTES);
        long request = isLinux ? 0x5413 : 0x4008_7468L;
        check(size.keptFor(LIBC.ioctl(descriptor, request, size.address())), "TIOCGWINSZ");
        return (size.getShort(2) & 0xffffL) << 32 | (size.getShort(0) & 0xffffL);
    }

    @Override
    public void setSize(int descriptor, int columns, int rows) throws IoException {
        if (columns < 0 || rows < 0 || columns > LARGEST || rows > LARGEST) {
            throw new IllegalArgumentException(
                    "no terminal has " + columns + " columns and " + rows + " rows");
        }
        NativeMemory size = NativeMemory.allocate(SIZE_BYTES);
        size.putShort(0, (short) rows);
        size.putShort(2, (short) columns);
        long request = isLinux ? 0x5414 : 0x8008_7467L;
        check(size.keptFor(LIBC.ioctl(descriptor, request, size.address())), "TIOCSWINSZ");
    }

    @Override
    public void open(int[] ends) throws IoException {
        int screen = check(LIBC.posix_openpt(READ_AND_WRITE | noTerminal()), "posix_openpt");
        int terminal = -1;
        try {
            descriptors.setCloseOnExec(screen);
            check(LIBC.grantpt(screen), "grantpt");
            check(LIBC.unlockpt(screen), "unlockpt");
            terminal = openOther(screen);
            descriptors.setCloseOnExec(terminal);
            descriptors.setBlocking(screen, false);
            descriptors.setBlocking(terminal, false);
        } catch (IoException | RuntimeException | Error failure) {
            calls.close(screen);
            if (terminal >= 0) {
                calls.close(terminal);
            }
            throw failure;
        }
        ends[0] = screen;
        ends[1] = terminal;
    }

    private int openOther(int screen) throws IoException {
        // The name is the C library's, and the next caller's.
        synchronized (LIBC) {
            long name = LIBC.ptsname(screen);
            if (name == 0) {
                check(-1, "ptsname");
            }
            int flags = READ_AND_WRITE | noTerminal() | platform.constants().openCloexec;
            return check(LibcSystem.Functions.ONLY.open(name, flags, 0), "open of the terminal");
        }
    }

    private int check(int result, String operation) throws IoException {
        if (result < 0) {
            throw IoException.of(platform.errors().code(Libc.lastError()), operation, null);
        }
        return result;
    }
}
