// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * All subjects of one chart, measured in rounds: first each gets a worker and warms it up, one
 * after the other; then in each round each has its turn, first in order and then in the reverse
 * order, so that a machine which becomes slower or faster favours nobody. Every series has new
 * workers.
 */
public final class PairedRun {
    private static final long LATENESS_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final List<String> subjects;
    private final List<String> command;
    private final Function<String, WorkerRequest> requests;
    private final OutputStream log;
    private final BooleanSupplier cancelled;
    private final Map<String, List<List<Turn>>> rounds = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();
    private final List<String> results = new ArrayList<>();
    private final List<Double> legDifferences = new ArrayList<>();
    private boolean stopped;

    /** What the workers of one series are. */
    private final class Workers implements AutoCloseable {
        private final Map<String, WorkerProcess> workers = new LinkedHashMap<>();

        /** Starts and warms up one after the other. */
        Workers(Consumer<String> progress) throws IOException {
            for (String subject : measurable()) {
                if (isStopped()) {
                    return;
                }
                progress.accept("warming up " + subject);
                try {
                    WorkerProcess worker = WorkerProcess.start(command, requests.apply(subject));
                    workers.put(subject, worker);
                    worker.awaitReady();
                } catch (WorkerFailure e) {
                    drop(subject, e);
                }
            }
        }

        /** The turns of one leg. */
        Map<String, Turn> leg(boolean back) throws IOException {
            List<String> order = new ArrayList<>(workers.keySet());
            if (back) {
                Collections.reverse(order);
            }
            Map<String, Turn> turns = new LinkedHashMap<>();
            for (String subject : order) {
                WorkerProcess worker = workers.get(subject);
                if (isStopped() || worker == null) {
                    return turns;
                }
                try {
                    turns.put(subject, worker.turn());
                } catch (WorkerFailure e) {
                    drop(subject, e);
                }
            }
            return turns;
        }

        /** What JMH says of all turns; only now it is known whether every byte has come. */
        void finish() throws IOException {
            for (String subject : List.copyOf(workers.keySet())) {
                WorkerProcess worker = workers.get(subject);
                if (isStopped() || worker == null) {
                    return;
                }
                try {
                    results.add(worker.result());
                } catch (WorkerFailure e) {
                    drop(subject, e);
                }
            }
        }

        private void drop(String subject, WorkerFailure failure) throws IOException {
            if (isStopped() || (failure.isBySignal() && isStoppedSoon())) {
                return;
            }
            failures.put(subject, String.valueOf(failure.getMessage()));
            rounds.remove(subject);
            WorkerProcess worker = workers.remove(subject);
            if (worker != null) {
                worker.close();
                log(subject, worker);
            }
        }

        @Override
        public void close() throws IOException {
            for (Map.Entry<String, WorkerProcess> worker : workers.entrySet()) {
                worker.getValue().close();
                log(worker.getKey(), worker.getValue());
            }
        }

        private void log(String subject, WorkerProcess worker) throws IOException {
            String text = "===== " + subject + "\n" + worker.printed();
            log.write(text.getBytes(StandardCharsets.UTF_8));
            log.flush();
        }
    }

    /**
     * Of these subjects.
     *
     * @param command of a worker
     * @param requests what each is to run
     * @param log what workers print
     * @param cancelled whether this process is about to end
     */
    public PairedRun(
            List<String> subjects,
            List<String> command,
            Function<String, WorkerRequest> requests,
            OutputStream log,
            BooleanSupplier cancelled) {
        this.subjects = List.copyOf(subjects);
        this.command = List.copyOf(command);
        this.requests = requests;
        this.log = log;
        this.cancelled = cancelled;
        this.subjects.forEach(subject -> rounds.put(subject, new ArrayList<>()));
    }

    /**
     * Measures one series of so many rounds.
     *
     * @param progress is told what is being done
     */
    public void series(int count, Consumer<String> progress) throws IOException {
        rounds.values().forEach(series -> series.add(new ArrayList<>()));
        try (Workers workers = new Workers(progress)) {
            for (int round = 0; round < count && !isStopped(); round++) {
                Map<String, Turn> there = workers.leg(false);
                Map<String, Turn> back = workers.leg(true);
                if (!isStopped()) {
                    keep(there, back);
                    progress.accept("");
                }
            }
            workers.finish();
        }
    }

    /** Only subjects that have had both turns of all rounds. */
    private void keep(Map<String, Turn> there, Map<String, Turn> back) {
        for (String subject : measurable()) {
            Turn first = there.get(subject);
            Turn second = back.get(subject);
            List<List<Turn>> series = rounds.get(subject);
            if (first == null || second == null || series == null) {
                throw new IllegalStateException(subject + " has missed a round");
            }
            series.get(series.size() - 1).add(Turn.mean(first, second));
            double one = first.values().getOrDefault(Turn.PRIMARY, 1.0);
            double other = second.values().getOrDefault(Turn.PRIMARY, 1.0);
            legDifferences.add(Math.abs(one - other) / Math.min(one, other));
        }
    }

    /** Those that have not failed. */
    private List<String> measurable() {
        return subjects.stream().filter(rounds::containsKey).toList();
    }

    /** Whether this process is about to end, so that what comes of its workers does not count. */
    public boolean isStopped() {
        stopped = stopped || cancelled.getAsBoolean();
        return stopped;
    }

    /** A terminal signals workers too, which may so be seen to end before this process does. */
    private boolean isStoppedSoon() {
        long begun = System.nanoTime();
        while (!isStopped() && System.nanoTime() - begun < LATENESS_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return stopped;
    }

    /** Rounds of each series, by subject, without those that have failed. */
    public Map<String, List<List<Turn>>> rounds() {
        return rounds;
    }

    /** Reasons, by subject. */
    public Map<String, String> failures() {
        return failures;
    }

    /** What JMH says of every subject and series: arrays in its JSON. */
    public List<String> results() {
        return results;
    }

    /** How far each subject's two turns of a round lay apart, as a part of the lesser one. */
    public List<Double> legDifferences() {
        return legDifferences;
    }
}
