// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.file.FileKind;
import io.millrace.benchmarks.loop.LoopKind;
import io.millrace.benchmarks.loop.LoopKinds;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.timer.TimerKind;
import io.millrace.benchmarks.tls.TlsKind;
import io.millrace.spi.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Plan}: the set asked for, times what can be compared here. */
final class Planner {
    private final BenchOptions options;

    /** Backends that were chosen, then peers if they are wanted; all of them can run here. */
    private final Map<Subjects, List<String>> subjects = new EnumMap<>(Subjects.class);

    private final Map<String, Integer> mostConnections = new HashMap<>();

    Planner(BenchOptions options) throws UsageException {
        this.options = options;
        List<ServerKind> all = ServerKinds.backends();
        List<String> backends = choose(all, options.backends());
        subjects.put(Subjects.SERVERS, servers(all, backends));
        subjects.put(Subjects.LOOPS, loops(all, backends));
        subjects.put(Subjects.TIMERS, timers(backends));
        subjects.put(Subjects.FILES, files(backends));
        subjects.put(Subjects.TLS, tls(options));
    }

    Plan plan() throws UsageException {
        List<Chart> charts = new ArrayList<>();
        Map<Piece, String> refusals = new LinkedHashMap<>();
        for (Chart chart : wanted()) {
            List<Piece> pieces = new ArrayList<>();
            for (Piece piece : chart.pieces()) {
                String refusal = refusal(piece);
                if (refusal == null) {
                    pieces.add(piece);
                } else {
                    refusals.put(piece, refusal);
                }
            }
            if (!pieces.isEmpty()) {
                charts.add(new Chart(pieces, chart.timing()));
            }
        }
        return new Plan(charts, refusals);
    }

    private Set<Chart> wanted() throws UsageException {
        Set<Chart> wanted = new LinkedHashSet<>();
        for (Suite.Entry entry : options.entries()) {
            Timing timing = entry.timing().with(options.jmh());
            for (Map<String, String> parameters : parameters(entry)) {
                List<Piece> pieces = new ArrayList<>();
                for (String subject : subjects(entry)) {
                    pieces.add(new Piece(entry.chapter(), entry.topic(), parameters, subject));
                }
                pieces.removeIf(piece -> !options.wants(piece));
                if (!pieces.isEmpty()) {
                    wanted.add(new Chart(pieces, timing));
                }
            }
        }
        if (wanted.isEmpty()) {
            throw new UsageException(
                    "nothing matches --filter; --dry-run shows what there is to match");
        }
        return wanted;
    }

    /** Of a chart by which the bench checks itself, the baseline comes a second time. */
    private List<String> subjects(Suite.Entry entry) {
        List<String> names = new ArrayList<>(subjects(entry.topic()));
        if (entry.checked() && names.size() > 1) {
            names.add(Findings.baseline(names) + ServerKinds.AGAIN);
        }
        return names;
    }

    private List<String> subjects(Topic topic) {
        return subjects.getOrDefault(topic.subjects(), List.of());
    }

    private @Nullable String refusal(Piece piece) {
        if (piece.topic().subjects() != Subjects.SERVERS) {
            return null;
        }
        int connections = piece.number("connections") + piece.number("idle");
        String server = piece.subject().replaceAll(ServerKinds.AGAIN + "$", "");
        int most = mostConnections.getOrDefault(server, Integer.MAX_VALUE);
        return connections <= most
                ? null
                : "can serve no more than " + most + " clients of its own process";
    }

    /** Backends by the options: those asked for, or all that can run here. */
    static List<String> backends(BenchOptions options) throws UsageException {
        return choose(ServerKinds.backends(), options.backends());
    }

    /** Those asked for, or all that can run here. */
    private static List<String> choose(List<ServerKind> all, List<String> asked)
            throws UsageException {
        List<String> names = all.stream().map(ServerKind::name).toList();
        for (String name : asked) {
            if (!names.contains(name)) {
                throw new UsageException(
                        "no backend is called "
                                + name
                                + "; there are "
                                + String.join(", ", names)
                                + Spelling.hint(name, names));
            }
        }
        List<String> chosen = new ArrayList<>();
        for (ServerKind kind : all) {
            boolean isAsked = asked.contains(kind.name());
            String refusal = kind.refusal();
            if (isAsked && refusal != null) {
                throw new UsageException(kind.name() + " cannot run here: " + refusal);
            }
            if (refusal == null && (isAsked || asked.isEmpty())) {
                chosen.add(kind.name());
            }
        }
        return chosen;
    }

    private List<String> servers(List<ServerKind> all, List<String> backends) {
        List<ServerKind> kinds = new ArrayList<>(all);
        kinds.removeIf(kind -> !backends.contains(kind.name()));
        if (options.peers()) {
            kinds.addAll(ServerKinds.peers());
            kinds.removeIf(kind -> kind.refusal() != null);
        }
        kinds.forEach(kind -> mostConnections.put(kind.name(), kind.mostConnections()));
        return kinds.stream().map(ServerKind::name).toList();
    }

    private List<String> loops(List<ServerKind> all, List<String> backends) {
        List<String> ours = all.stream().map(ServerKind::name).toList();
        List<LoopKind> kinds = new ArrayList<>(LoopKinds.all());
        kinds.removeIf(
                kind ->
                        ours.contains(kind.name())
                                ? !backends.contains(kind.name())
                                : !options.peers());
        kinds.removeIf(kind -> kind.refusal() != null);
        return kinds.stream().map(LoopKind::name).toList();
    }

    /** Timers are the same on every backend, so one of these is enough: the one by choice. */
    private List<String> timers(List<String> backends) {
        List<String> names = new ArrayList<>(TimerKind.usableNames());
        names.removeIf(name -> !backends.contains(name));
        List<String> compared = new ArrayList<>(names.subList(0, Math.min(1, names.size())));
        if (options.peers()) {
            compared.add(TimerKind.NETTY_WHEEL);
            compared.add(TimerKind.JDK_SCHEDULER);
        }
        return compared;
    }

    private List<String> files(List<String> backends) {
        List<String> names = new ArrayList<>(FileKind.usableNames());
        names.removeIf(
                name -> name.equals(FileKind.NIO2) ? !options.peers() : !backends.contains(name));
        return names;
    }

    /** The backends that were asked for, or the usual ones, and Netty in any case. */
    private static List<String> tls(BenchOptions options) {
        return TlsKind.of(options.backends(), options.peers()).stream().map(TlsKind::name).toList();
    }

    /** The entry's parameters, or every combination of those that JMH's options give instead. */
    private List<Map<String, String>> parameters(Suite.Entry entry) {
        List<Map<String, String>> combinations = List.of(Map.of());
        for (Map.Entry<String, String> parameter : entry.parameters().entrySet()) {
            Collection<String> values =
                    options.jmh()
                            .getParameter(parameter.getKey())
                            .orElse(List.of(parameter.getValue()));
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> combination : combinations) {
                for (String value : values) {
                    Map<String, String> more = new LinkedHashMap<>(combination);
                    more.put(parameter.getKey(), value);
                    longer.add(more);
                }
            }
            combinations = longer;
        }
        return combinations;
    }
}
