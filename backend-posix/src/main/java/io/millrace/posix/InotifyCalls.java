// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * The calls of inotify(7), each of which answers its result or a negative {@link
 * io.millrace.spi.Code}, and retries nothing: the seam at which tests play the kernel. Any thread.
 */
interface InotifyCalls {
    int init(int flags);

    int add(int fd, NativeMemory path, int mask);

    int remove(int fd, int directory);

    int read(int fd, NativeMemory into);

    int close(int fd);

    /** Those of libc. */
    static InotifyCalls ofLibc() {
        return Libcs.ONLY;
    }

    /** Bound when the first directory is watched. */
    final class Libcs implements InotifyCalls {
        private static final Libcs ONLY = new Libcs();

        private final InotifyFunctions functions = Libc.bind(InotifyFunctions.class);
        private final LibcFunctions libc = Libc.functions();

        private Libcs() {}

        private static int answer(long result) {
            return (int)
                    (result >= 0 ? result : Platform.current().errors().code(Libc.lastError()));
        }

        @Override
        public int init(int flags) {
            return answer(functions.inotify_init1(flags));
        }

        @Override
        public int add(int fd, NativeMemory path, int mask) {
            int result = answer(functions.inotify_add_watch(fd, path.address(), mask));
            return path.keptFor(result);
        }

        @Override
        public int remove(int fd, int directory) {
            return answer(functions.inotify_rm_watch(fd, directory));
        }

        @Override
        public int read(int fd, NativeMemory into) {
            return into.keptFor(answer(libc.read(fd, into.address(), into.size())));
        }

        @Override
        public int close(int fd) {
            return answer(libc.close(fd));
        }
    }
}
