// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * A process that opens every file of a folder and tells what it found, and how other things fail;
 * so that a test can look at it in another locale than its own.
 *
 * <p>Each line is what was done, a space, and what came of it: a file's text, or an error's name.
 */
final class FilesProgram {
    private static final int ENOUGH = 4096;
    private static final long BEYOND_THE_LIMIT = 1L << 33;
    private static final int MOST_ATTEMPTS = 20;

    private final EventLoop loop;
    private final Path directory;
    private final List<TcpStream> accepted = new ArrayList<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final TcpServer server;
    private TcpStream stream;

    private FilesProgram(String backend, Path directory) throws IOException {
        this.directory = directory;
        loop = EventLoop.open(LoopOptions.builder().backend(backend).build());
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = TcpServer.listen(loop, any, accepted::add);
        stream = connect();
    }

    private TcpStream connect() throws IOException {
        List<TcpStream> connected = new ArrayList<>();
        TcpStream made = TcpStream.open(loop);
        made.connect(server.localAddress()).thenAccept(connected::add);
        until(() -> connected.size() == 1 && accepted.size() == 1);
        accepted.remove(0).read((peer, chunk) -> take(chunk));
        return made;
    }

    private void take(Chunk chunk) {
        byte[] bytes = new byte[chunk.length()];
        chunk.copyTo(0, bytes, 0, bytes.length);
        received.writeBytes(bytes);
    }

    private void until(BooleanSupplier condition) throws IOException {
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.ONCE);
        }
    }

    /**
     * Run with the name of a backend, and a folder: of files, whose texts are told; of a folder
     * {@code in} in it; and of what is to fail.
     */
    public static void main(String... arguments) throws IOException {
        FilesProgram program = new FilesProgram(arguments[0], Path.of(arguments[1]));
        program.tellFiles(program.directory);
        program.tellFiles(Path.of(""));
        program.tellFailures();
        program.tellExhaustion();
        System.out.println("end");
        // A loop that is not closed has no thread that would keep the process alive.
    }

    private void tellFiles(Path folder) throws IOException {
        TreeSet<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path each : all) {
                if (Files.isRegularFile(each)) {
                    files.add(each);
                }
            }
        }
        for (Path file : files) {
            tell("open", opened(file));
            tell("send", sent(file));
            tell("size", size(file));
        }
    }

    private void tellFailures() throws IOException {
        Path loopOfLinks = directory.resolve("loop");
        Path belowFile = directory.resolve("file").resolve("below");
        Path tooLong = directory.resolve("x".repeat(300));
        Path missing = directory.resolve("missing");
        for (Path path : List.of(missing, belowFile, tooLong, loopOfLinks, directory)) {
            tell("open", opened(path));
            tell("send", sent(path));
            // Nothing is sent behind a file that could not be.
            stream.close();
            stream = connect();
        }
        tell("attributes", size(loopOfLinks));
        Path file = directory.resolve("new");
        tell(
                "create",
                opened(
                        directory.resolve("file"),
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW));
        List<String> written = new ArrayList<>();
        AsyncFile.open(loop, file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                .thenAccept(
                        opened ->
                                opened.write(
                                        ByteBuffer.allocateDirect(1),
                                        BEYOND_THE_LIMIT,
                                        (each, buffer, failure) ->
                                                written.add(
                                                        failure == null
                                                                ? "nothing"
                                                                : nameOf(failure))));
        until(() -> !written.isEmpty());
        closeFiles();
        tell("write", written.get(0));
    }

    /** Everything that is needed now has been used before, and is loaded. */
    private void tellExhaustion() throws IOException {
        Path file = directory.resolve("file");
        List<FileChannel> all = new ArrayList<>();
        tell("open", withoutDescriptors(file, all, this::opened));
        tell("send", withoutDescriptors(file, all, this::sent));
        for (FileChannel each : all) {
            each.close();
        }
    }

    private interface Attempt {
        String on(Path file) throws IOException;
    }

    /**
     * What comes of it when no descriptor is left. Others give back what they had in use for a
     * moment, such as the virtual machine, which looks at its limits: what is then done with it is
     * done again without.
     */
    private static String withoutDescriptors(Path file, List<FileChannel> all, Attempt attempt)
            throws IOException {
        String outcome = "";
        for (int i = 0; i < MOST_ATTEMPTS && !outcome.startsWith("E"); i++) {
            takeTheRest(file, all);
            outcome = attempt.on(file);
        }
        return outcome;
    }

    private static void takeTheRest(Path file, List<FileChannel> into) {
        while (true) {
            try {
                into.add(FileChannel.open(file));
            } catch (IOException full) {
                return;
            }
        }
    }

    private String opened(Path path, OpenOption... options) throws IOException {
        List<String> found = new ArrayList<>();
        AsyncFile.open(loop, path, options)
                .whenComplete(
                        (file, failure) -> {
                            if (failure != null) {
                                found.add(nameOf(failure));
                            } else {
                                ByteBuffer room = ByteBuffer.allocateDirect(ENOUGH);
                                file.readFully(
                                        room,
                                        0,
                                        (each, buffer, count) -> found.add(text(buffer.flip())));
                            }
                        });
        until(() -> !found.isEmpty());
        closeFiles();
        return found.get(0);
    }

    /** And waits for it: whoever counts descriptors next must not meet those being closed. */
    private void closeFiles() throws IOException {
        List<AsyncFile> files = new ArrayList<>();
        loop.walk(
                handle -> {
                    if (handle instanceof AsyncFile file) {
                        files.add(file);
                    }
                });
        files.forEach(Handle::close);
        until(() -> files.stream().allMatch(Handle::isClosed));
    }

    private String sent(Path path) throws IOException {
        received.reset();
        List<String> failures = new ArrayList<>();
        stream.sendFile(
                path,
                0,
                -1,
                (peer, failure) -> {
                    if (failure != null) {
                        failures.add(nameOf(failure));
                    }
                });
        until(() -> received.size() > 0 || !failures.isEmpty());
        return failures.isEmpty() ? received.toString(StandardCharsets.US_ASCII) : failures.get(0);
    }

    private String size(Path path) throws IOException {
        List<String> found = new ArrayList<>();
        AsyncFile.attributes(loop, path)
                .whenComplete(
                        (attributes, failure) ->
                                found.add(
                                        failure == null
                                                ? Long.toString(attributes.size())
                                                : nameOf(failure)));
        until(() -> !found.isEmpty());
        return found.get(0);
    }

    private static String nameOf(Throwable failure) {
        return failure instanceof IoException io ? io.errorName() : String.valueOf(failure);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    private static void tell(String what, String outcome) {
        System.out.println(what + " " + outcome);
    }
}
