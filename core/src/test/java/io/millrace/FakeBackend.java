// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Accepted;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.FileEngine;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.LoopContext;
import io.millrace.spi.SendableFile;
import io.millrace.spi.Setting;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Backends without I/O, for tests of what is above them. */
public abstract class FakeBackend implements BackendProvider {
    private final String name;
    private final int rank;
    private final Availability answer;

    FakeBackend(String name, int rank, Availability answer) {
        this.name = name;
        this.rank = rank;
        this.answer = answer;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public Availability probe() {
        return answer;
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                new Setting(
                        name + ".refuse",
                        Setting.Scope.LOOP,
                        new Setting.Words(List.of("yes", "linkage", "argument")),
                        ""));
    }

    @Override
    public Driver open(DriverConfig config, LoopContext context) throws IoException {
        switch (config.properties().getOrDefault(name + ".refuse", "")) {
            case "yes" -> throw IoException.of(Code.NO_MEMORY, "open " + name, null);
            case "linkage" -> throw new NoClassDefFoundError("org/example/Missing");
            case "argument" -> throw new IllegalArgumentException("no loop has 7 of those");
            default -> {
                // It can be opened.
            }
        }
        return new FakeDriver(context, files());
    }

    /** The driver's own files; the test's, too. */
    @Nullable ScriptedFiles files() {
        return null;
    }

    /** Usable, and chosen when nothing better is. */
    public static final class Good extends FakeBackend {
        public Good() {
            super("fake-good", 5, Availability.usable("made for tests", Map.of()));
        }
    }

    /** The highest rank, and no use. */
    public static final class Broken extends FakeBackend {
        public Broken() {
            super("fake-broken", 9, Availability.unusable("it is broken on purpose"));
        }
    }

    /** Usable, but only when asked for. */
    public static final class Hidden extends FakeBackend {
        public Hidden() {
            super("fake-hidden", -1, Availability.usable("made for tests", Map.of()));
        }
    }

    /** Has files whose every answer the test gives. */
    static final class WithFiles extends FakeBackend {
        private final ScriptedFiles files;

        WithFiles(ScriptedFiles files) {
            super("fake-files", -1, Availability.usable("made for tests", Map.of()));
            this.files = files;
        }

        @Override
        ScriptedFiles files() {
            return files;
        }
    }

    /** Waits and wakes up; has no sockets. */
    private static final class FakeDriver implements Driver {
        private final LoopContext context;
        private final @Nullable ScriptedFiles files;
        private boolean awake;

        FakeDriver(LoopContext context, @Nullable ScriptedFiles files) {
            this.context = context;
            this.files = files;
        }

        @Override
        public @Nullable FileEngine files() {
            return files;
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities(false, false, false, 1);
        }

        @Override
        public synchronized int poll(long timeoutNanos) {
            boolean answers = files != null && files.hasAnswers();
            if (timeoutNanos != 0 && !awake && !answers) {
                context.waitBegins();
                try {
                    wait(timeoutNanos < 0 ? 0 : timeoutNanos / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            awake = false;
            context.waitEnded(0);
            return files == null ? 0 : files.deliver();
        }

        @Override
        public synchronized void wakeup() {
            awake = true;
            notifyAll();
        }

        @Override
        public ListenerPort listen(ListenSpec spec, ListenerSink sink) throws IoException {
            throw IoException.of(Code.NOT_SUPPORTED, "listen", spec.address());
        }

        @Override
        public StreamPort stream(boolean ipv6, StreamSink sink) throws IoException {
            throw IoException.of(Code.TOO_MANY_FILES, "socket", null);
        }

        @Override
        public StreamPort adopt(Accepted connection, StreamSink sink) throws IoException {
            throw IoException.of(Code.NOT_SUPPORTED, "adopt", null);
        }

        @Override
        public SendableFile openFile(Path path) throws IoException {
            throw IoException.of(Code.NOT_SUPPORTED, "open " + path, null);
        }

        @Override
        public void close() {}
    }
}
