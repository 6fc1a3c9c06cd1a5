// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Address;

/**
 * The names and addresses of a hosts file, see hosts(5), as of when it was read last. Any thread;
 * {@link #refresh} waits for the disk.
 */
final class HostsFile {
    /** How old what is known may be. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A file that has more is somebody's mistake. */
    private static final int MOST_LINES = 1_000_000;

    private final @Nullable Path file;
    private volatile Content content = new Content(Map.of(), Map.of(), null);
    private volatile long readAt;
    private volatile boolean wasRead;

    private record Content(
            Map<String, List<InetAddress>> addresses,
            Map<InetAddress, String> names,
            @Nullable FileTime changed) {}

    HostsFile(@Nullable Path file) {
        this.file = file;
    }

    /** Whether it is known what is in the file, or soon enough was. */
    boolean isFresh() {
        return file == null || (wasRead && System.nanoTime() - readAt < FRESH_NANOS);
    }

    /** Reads it if it has changed. */
    void refresh() {
        Path path = file;
        if (path == null) {
            return;
        }
        content = changedContent(path);
        readAt = System.nanoTime();
        wasRead = true;
    }

    private Content changedContent(Path path) {
        try {
            FileTime changed = Files.getLastModifiedTime(path);
            return changed.equals(content.changed) ? content : read(path, changed);
        } catch (IOException | UncheckedIOException unreadable) {
            // As for everybody else who looks there: then it says nothing.
            return new Content(Map.of(), Map.of(), null);
        }
    }

    private static Content read(Path path, FileTime changed) throws IOException {
        Map<String, List<InetAddress>> addresses = new HashMap<>();
        Map<InetAddress, String> names = new HashMap<>();
        // Bytes that are no letters are in comments, or in names that nobody asks for.
        try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            reader.lines().limit(MOST_LINES).forEach(line -> add(line, addresses, names));
        }
        return new Content(addresses, names, changed);
    }

    private static void add(
            String line, Map<String, List<InetAddress>> addresses, Map<InetAddress, String> names) {
        String[] words = line.split("#", 2)[0].strip().split("\\s+", -1);
        InetAddress address = words.length < 2 ? null : addressOf(words[0]);
        if (address == null) {
            return;
        }
        names.putIfAbsent(address, words[1]);
        for (int i = 1; i < words.length; i++) {
            addresses.computeIfAbsent(key(words[i]), name -> new ArrayList<>()).add(address);
        }
    }

    private static @Nullable InetAddress addressOf(String text) {
        byte[] bytes = Address.toByteArray(text, Address.IPv4);
        if (bytes == null) {
            bytes = Address.toByteArray(text.split("%", 2)[0], Address.IPv6);
        }
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (IOException impossible) {
            throw new AssertionError("4 or 16 bytes are an address", impossible);
        }
    }

    /** In the order of the file; empty if there are none. */
    List<InetAddress> addresses(String name) {
        List<InetAddress> found = content.addresses.get(key(name));
        return found == null ? List.of() : List.copyOf(found);
    }

    @Nullable String name(InetAddress address) {
        return content.names.get(address);
    }

    private static String key(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return bare.toLowerCase(Locale.ROOT);
    }
}
