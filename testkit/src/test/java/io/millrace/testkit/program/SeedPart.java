// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.millrace.testkit.sim.Fault;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A range of seeds of one random program: what {@code testkit/seeds} runs, a process for each part.
 * A world is a boundary and a kind of faults; each seed is played in one, all nine in turn, or in
 * every one.
 *
 * <p>A part that ended adds one line to a file; there is none of a part that did not. Its fields,
 * of which none holds a tab: program, worlds, first seed, how many, what was played (such as a
 * commit), how often with no, rough and hostile faults, each fault with how often it happened, and
 * what was found.
 */
final class SeedPart {
    private static final int LONGEST_FINDING = 200;

    private final String program;
    private final Method play;
    private final Map<FaultProfile, Long> played = new EnumMap<>(FaultProfile.class);
    private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);
    private final List<String> found = new ArrayList<>();

    private SeedPart(String className) throws ReflectiveOperationException {
        Class<?> playable = Class.forName(className);
        program = playable.getSimpleName();
        play = playable.getDeclaredMethod("play", long.class, FaultProfile.class, Boundary.class);
        play.setAccessible(true);
    }

    /** Class name, worlds ({@code one} or {@code all}), first seed, how many, commit, file. */
    public static void main(String[] arguments) throws Exception {
        SeedPart part = new SeedPart(arguments[0]);
        String worlds = arguments[1];
        long first = Long.parseLong(arguments[2]);
        long count = Long.parseLong(arguments[3]);
        part.play(first, first + count, worlds.equals("all"));
        List<String> fields = new ArrayList<>();
        fields.addAll(List.of(part.program, worlds, "" + first, "" + count, arguments[4]));
        fields.addAll(part.results());
        append(Path.of(arguments[5]), String.join("\t", fields));
    }

    private void play(long first, long end, boolean all) throws IllegalAccessException {
        int boundaries = Boundary.values().length;
        int worlds = boundaries * FaultProfile.values().length;
        for (FaultProfile profile : FaultProfile.values()) {
            for (Boundary boundary : Boundary.values()) {
                int world = profile.ordinal() * boundaries + boundary.ordinal();
                for (long seed = first; seed < end; seed++) {
                    if (all || seed % worlds == world) {
                        play(seed, profile, boundary);
                    }
                }
            }
        }
    }

    private void play(long seed, FaultProfile profile, Boundary boundary)
            throws IllegalAccessException {
        played.merge(profile, 1L, Long::sum);
        try {
            SimWorld world = (SimWorld) play.invoke(null, seed, profile, boundary);
            for (Fault fault : Fault.values()) {
                struck.merge(fault, (long) world.count(fault), Long::sum);
            }
        } catch (InvocationTargetException failed) {
            // Between findings there is a semicolon, between fields a tab.
            String text = String.valueOf(failed.getCause()).replaceAll("[\\s;]+", " ");
            String where = profile.name().toLowerCase(Locale.ROOT) + " " + boundary + " " + seed;
            found.add(where + ": " + text.substring(0, Math.min(text.length(), LONGEST_FINDING)));
            System.err.println(program + " " + where + ": " + text);
        }
    }

    /** What follows the commit in a part's line. */
    private List<String> results() {
        List<String> results = new ArrayList<>();
        for (FaultProfile profile : FaultProfile.values()) {
            results.add(played.getOrDefault(profile, 0L).toString());
        }
        List<String> faults = new ArrayList<>();
        struck.forEach(
                (fault, times) -> {
                    if (times > 0) {
                        faults.add(fault + "=" + times);
                    }
                });
        results.add(faults.isEmpty() ? "-" : String.join(" ", faults));
        results.add(found.isEmpty() ? "-" : String.join("; ", found));
        return results;
    }

    /** In one write at the end of the file, so that parts that end at once do not mix. */
    private static void append(Path file, String line) throws IOException {
        ByteBuffer bytes = UTF_8.encode(line + "\n");
        try (FileChannel channel = FileChannel.open(file, CREATE, APPEND)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
