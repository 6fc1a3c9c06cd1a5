// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import io.millrace.testkit.sim.Fault;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * <p>A part that ended leaves a file; there is none, or an older one, of a part that did not. It
 * holds lines of fields between tabs: {@code played} with program, profile, boundary and how many
 * seeds; {@code struck} with program, profile, a fault and how often it happened; and {@code found}
 * with program, profile, boundary, seed and what was wrong.
 */
final class SeedPart {
    private final String program;
    private final Method play;
    private final List<String> lines = new ArrayList<>();

    private SeedPart(String className) throws ReflectiveOperationException {
        Class<?> played = Class.forName(className);
        program = played.getSimpleName();
        play = played.getDeclaredMethod("play", long.class, FaultProfile.class, Boundary.class);
        play.setAccessible(true);
    }

    /** Class name, first seed, how many, in how many worlds ({@code one} or {@code all}), file. */
    public static void main(String[] arguments) throws Exception {
        SeedPart part = new SeedPart(arguments[0]);
        long first = Long.parseLong(arguments[1]);
        part.play(first, first + Long.parseLong(arguments[2]), arguments[3].equals("all"));
        part.write(Path.of(arguments[4]));
    }

    private void play(long first, long end, boolean all) throws IllegalAccessException {
        int boundaries = Boundary.values().length;
        int worlds = boundaries * FaultProfile.values().length;
        for (FaultProfile profile : FaultProfile.values()) {
            Map<Fault, Long> struck = new EnumMap<>(Fault.class);
            for (Boundary boundary : Boundary.values()) {
                int world = profile.ordinal() * boundaries + boundary.ordinal();
                long played = 0;
                for (long seed = first; seed < end; seed++) {
                    if (all || seed % worlds == world) {
                        play(seed, profile, boundary, struck);
                        played++;
                    }
                }
                add("played", profile, boundary, played);
            }
            struck.forEach((fault, times) -> add("struck", profile, fault, times));
        }
    }

    private void play(long seed, FaultProfile profile, Boundary boundary, Map<Fault, Long> struck)
            throws IllegalAccessException {
        try {
            SimWorld world = (SimWorld) play.invoke(null, seed, profile, boundary);
            for (Fault fault : Fault.values()) {
                struck.merge(fault, (long) world.count(fault), Long::sum);
            }
        } catch (InvocationTargetException failed) {
            Throwable fault = failed.getCause();
            add("found", profile, boundary, seed, String.valueOf(fault).replaceAll("\\s+", " "));
            System.err.println(lines.get(lines.size() - 1));
        }
    }

    private void add(String kind, FaultProfile profile, Object... fields) {
        StringBuilder line = new StringBuilder(kind).append('\t').append(program);
        line.append('\t').append(profile.name().toLowerCase(Locale.ROOT));
        for (Object field : fields) {
            line.append('\t').append(field.toString());
        }
        lines.add(line.toString());
    }

    private void write(Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.write(unfinished, lines);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
