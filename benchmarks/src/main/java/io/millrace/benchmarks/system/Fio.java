// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * fio(1) on io_uring: a process for each window, which says itself what its thread has used once it
 * has set itself up.
 *
 * @param options beside those that say what is read
 */
record Fio(String name, Path file, boolean direct, List<String> options) implements Subject {
    /** As it comes: an io_uring_enter(2) for every read, and its clocks. */
    static Fio plain(Path file, boolean direct) {
        return new Fio("fio", file, direct, List.of());
    }

    /** Submits and reaps as many as it can at once, and reads no clock for them. */
    static Fio batched(Path file, boolean direct) {
        return new Fio(
                "fio-batched",
                file,
                direct,
                List.of(
                        "--iodepth_batch_submit=" + BlockReads.IN_FLIGHT,
                        "--iodepth_batch_complete_min=1",
                        "--iodepth_batch_complete_max=" + BlockReads.IN_FLIGHT,
                        "--gtod_reduce=1"));
    }

    @Override
    public Window run(double seconds) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "taskset",
                                "-c",
                                WorkerProcess.CPU,
                                "fio",
                                "--name=reads",
                                "--filename=" + file,
                                "--readonly",
                                "--ioengine=io_uring",
                                "--rw=randread",
                                "--bs=" + BlockReads.BYTES,
                                "--iodepth=" + BlockReads.IN_FLIGHT,
                                "--direct=" + (direct ? 1 : 0),
                                "--norandommap",
                                "--randrepeat=0",
                                "--invalidate=0",
                                "--time_based",
                                "--runtime=" + Math.round(seconds * 1000) + "ms",
                                "--output-format=json"));
        command.addAll(options);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("fio has failed: " + said.strip());
        }
        return window(said);
    }

    /** What a report in its JSON says, before which there may be lines of warning. */
    static Window window(String said) throws IOException {
        try {
            JsonObject report =
                    JsonParser.parseString(said.substring(said.indexOf('{'))).getAsJsonObject();
            JsonObject job = report.getAsJsonArray("jobs").get(0).getAsJsonObject();
            JsonObject read = job.getAsJsonObject("read");
            long nanos = read.get("runtime").getAsLong() * 1_000_000;
            double busy =
                    (job.get("usr_cpu").getAsDouble() + job.get("sys_cpu").getAsDouble()) / 100;
            return Window.parse(
                    new Window(read.get("total_ios").getAsLong(), nanos, (long) (busy * nanos), 0)
                            .toLine());
        } catch (JsonParseException
                | IndexOutOfBoundsException
                | NullPointerException
                | ClassCastException
                | IllegalStateException e) {
            throw new IOException("not a report of fio's: " + said.strip(), e);
        }
    }

    @Override
    public void close() {}
}
