// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import io.millrace.spi.Availability;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The C library of this process, through jnr-ffi: the only door to native code.
 *
 * <p>The first call loads jnr-ffi, which takes about half a second, so nothing here is touched
 * before a native backend is asked for. Whatever goes wrong while loading, be it a missing jar, a
 * refused {@code System.load} or a processor jffi was not built for, becomes the sentence that
 * {@link #unusableReason} returns; after it returned null, the other methods work.
 *
 * <p>Any thread may call any method.
 *
 * <p><b>How to declare functions.</b> One public interface per need, primitives only: a {@code
 * long} address costs 5 ns, a buffer or {@code Pointer} several times that and garbage on some
 * processors. {@code @IgnoreError} where nobody reads errno. Functions with exactly six arguments
 * need {@link #bindSixArguments}; seven need {@link SevenArgumentCall}; variadic ones need
 * {@code @Variadic}, and are slow.
 */
public final class Libc {
    private static final class Loading {
        /** Null once it has worked, and before it was tried. Guarded by this class. */
        private static @Nullable String reason;

        private static boolean isOver;

        /** Lack of memory may pass, so it is not remembered. */
        static synchronized @Nullable String reason() {
            if (!isOver) {
                NativeDirectory.choose();
                try {
                    String failure = failureOf(Loading::touchEverything);
                    reason = failure == null ? null : NativeDirectory.advise(failure);
                    isOver = true;
                } catch (OutOfMemoryError passing) {
                    return "there is no memory to load jnr-ffi: " + passing.getMessage();
                }
            }
            return reason;
        }

        private static Object touchEverything() {
            functions().getpid();
            return NativeMemory.allocate(1);
        }
    }

    private static final class Functions {
        static final LibcFunctions ONLY = bind(LibcFunctions.class);
    }

    private Libc() {}

    /** Why no native call can be made in this process; null when they can. Loads jnr-ffi. */
    public static @Nullable String unusableReason() {
        return Loading.reason();
    }

    /** Those functions that are of use to every engine, bound once. */
    public static LibcFunctions functions() {
        return Functions.ONLY;
    }

    /** Loads an interface of C library functions, none with six integer arguments or more. */
    public static <T> T bind(Class<T> functions) {
        return bind(functions, libraryName());
    }

    /** The same from another library, by its name or path. */
    public static <T> T bind(Class<T> functions, String library) {
        return LibraryLoader.create(functions).load(library);
    }

    /**
     * Loads an interface of functions with exactly six integer arguments.
     *
     * <p>jnr-ffi's machine-code stub for x86-64 passes rubbish as the sixth (jnr-ffi issue 181), so
     * there the functions are bound through {@code onX86}, which extends {@code functions} and
     * carries {@code @NoX86}. Elsewhere that annotation would only make calls slow.
     */
    public static <T> T bindSixArguments(Class<T> functions, Class<? extends T> onX86) {
        return bindSixArguments(functions, onX86, libraryName());
    }

    /** The same from another library, by its name or path. */
    public static <T> T bindSixArguments(
            Class<T> functions, Class<? extends T> onX86, String library) {
        return Processor.current() == Processor.X86_64
                ? bind(onX86, library)
                : bind(functions, library);
    }

    /** The address of a C library function; 0 when it has none of that name. */
    public static long functionAddress(String name) {
        return Library.getCachedInstance(libraryName(), Library.LAZY).getSymbolAddress(name);
    }

    /** The errno that this thread's last error-saving call left. Only meaningful if it failed. */
    public static int lastError() {
        return LastError.getInstance().get();
    }

    /** Where a direct buffer's byte 0 lies. A JNI call: ask once per buffer. */
    public static long addressOf(ByteBuffer direct) {
        return MemoryIO.getInstance().getDirectBufferAddress(direct);
    }

    /** A buffer over memory that somebody else owns. */
    static ByteBuffer bufferAt(long address, int size) {
        return MemoryIO.getInstance().newDirectByteBuffer(address, size);
    }

    /** Runs something that loads native code; null when it worked, otherwise why it did not. */
    static @Nullable String failureOf(Callable<?> loading) {
        try {
            loading.call();
            return null;
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            return "native calls through jnr-ffi are not possible here: "
                    + Availability.reasonOf(e);
        }
    }

    /** In which directory jffi's library is put to be loaded, unless it is installed. */
    public static String libraryPlace() {
        return NativeDirectory.chosen();
    }

    /** What the dynamic linker calls the C library. */
    public static String libraryName() {
        return Platform.getNativePlatform().getStandardCLibraryName();
    }
}
