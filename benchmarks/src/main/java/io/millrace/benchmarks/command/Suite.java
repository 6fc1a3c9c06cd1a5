// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.tls.Engines;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What there is to run, in the order of the report: the quick set, which fits into a few minutes,
 * and the full one, which has every combination of parameters.
 */
final class Suite {
    private static final String CONNECTIONS = "connections";
    private static final String BYTES = "bytes";
    private static final String IN_FLIGHT = "inFlight";

    private static final Topic ECHO =
            Topic.rate("Echo.roundTrip", "Messages echoed", "messages/s", "message")
                    .withLatencies();
    private static final Topic AMONG_IDLE =
            Topic.rate(
                            "EchoAmongIdle.roundTrip",
                            "Messages echoed among idle",
                            "messages/s",
                            "message")
                    .withLatencies()
                    .withSetup(3);
    private static final Topic TO_CLIENT =
            Topic.rate("StreamToClient.mebibyte", "Stream from server to client", "MiB/s", "MiB");
    private static final Topic TO_SERVER =
            Topic.rate("StreamToServer.mebibyte", "Stream from client to server", "MiB/s", "MiB");
    private static final Topic CHURN =
            Topic.rate(
                    "Churn.connection",
                    "Connections for one message",
                    "connections/s",
                    "connection");
    private static final Topic ACCEPT =
            Topic.rate(
                    "Accept.connection",
                    "Connections accepted and closed",
                    "connections/s",
                    "connection");
    private static final Topic TLS_ECHO =
            Topic.tls("TlsEcho.roundTrip", "Messages echoed over TLS 1.3", "messages/s", "message");
    private static final Topic TLS_HANDSHAKE =
            Topic.tls(
                    "TlsHandshake.connection",
                    "Connections with a handshake of TLS 1.3",
                    "connections/s",
                    "connection");
    private static final Topic EXECUTE_ONE =
            Topic.tasks("Execute.oneThread", "Tasks from one thread");
    private static final Topic EXECUTE_FOUR =
            Topic.tasks("Execute.fourThreads", "Tasks from four threads");
    private static final Topic WAKE_UP =
            Topic.loop("WakeUp.sleepingLoop", "Waking a sleeping loop, mean", "µs");
    private static final Topic EMPTY_TURN = Topic.loop("EmptyTurn.turn", "An empty turn", "ns");
    private static final Topic FILE_READ = Topic.files("FileBlocks.read", "Blocks of 4 KiB read");
    private static final Topic FILE_WRITE =
            Topic.files("FileBlocks.write", "Blocks of 4 KiB written");
    private static final Topic INSERT = Topic.timers("insert", "Inserting a timer");
    private static final Topic CANCEL = Topic.timers("cancel", "Cancelling a timer");
    private static final Topic FIRE = Topic.timers("fire", "Firing a timer");

    /** The rounds and series of the quick set are as many as its time allows. */
    private static final Timing QUICK = new Timing(5, 340, 6, 100, 2);

    private static final Timing FULL = new Timing(6, 450, 18, 150, 2);

    /** The life of a connection has more code than a message, and runs it less often. */
    private static final Timing QUICK_LIVES = new Timing(6, 360, 6, 100, 2);

    private static final Timing FULL_LIVES = new Timing(12, 500, 18, 150, 2);

    /** The engines of both ends are compiled as well, which is far more code than all the rest. */
    private static final Timing TLS = new Timing(12, 400, 12, 100, 2);

    /**
     * A handshake has the most code of all, most of which runs once in each: what is counted until
     * it is compiled are handshakes.
     */
    private static final Timing TLS_LIVES = new Timing(20, 800, 12, 150, 2);

    /** The texts below the titles of the sections. */
    private static final Map<String, String> CHAPTERS = new LinkedHashMap<>();

    private static final String ROUND_TRIPS = "Echo round trips";
    private static final String STREAMS = "Streaming one way";
    private static final String SHORT_LIVED = "Short-lived connections";
    private static final String IDLE = "Echo among idle connections";
    private static final String OVER_TLS = "Over TLS";
    private static final String LOOP = "The loop by itself";
    private static final String FILES = "Files";
    private static final String TIMERS = "Timers";

    static {
        CHAPTERS.put(
                ROUND_TRIPS,
                "A client on a thread of its own sends messages and compares every byte that comes"
                        + " back; each connection has one or several messages in flight. The server"
                        + " has one loop.");
        CHAPTERS.put(
                STREAMS,
                "One side sends as fast as the other reads, over all connections together. Every"
                        + " byte is compared.");
        CHAPTERS.put(
                SHORT_LIVED,
                "Connect, perhaps one message of 64 B, close: the price of a connection. Accepting"
                        + " is measured with one loop, with an acceptor that hands on to two loops,"
                        + " and with two loops that listen on one port.");
        CHAPTERS.put(
                IDLE,
                "A few connections echo 64 B while many others, held by another process, do"
                        + " nothing.");
        CHAPTERS.put(
                OVER_TLS,
                "The servers of one chart have engines of one provider, made of the same context,"
                        + " and compute handshakes on the thread of their one loop. The client has"
                        + " the JDK's engine, compares every byte, and fails if a handshake that"
                        + " should resume a session does not.");
        CHAPTERS.put(
                LOOP,
                "Tasks handed over by other threads, the time until a sleeping loop has run one,"
                        + " and a turn that finds nothing to do.");
        CHAPTERS.put(
                FILES,
                "Blocks in random order of a file that is in the page cache, so that it is not the"
                        + " disk that is measured. The bytes are compared.");
        CHAPTERS.put(
                TIMERS,
                "All timers together, divided by their number: insert with timeouts of a minute to"
                        + " an hour, cancel in random order, fire when all are due.");
    }

    /**
     * A benchmark with one set of parameters, on whatever is compared.
     *
     * @param checked whether one subject is in it twice, to see how far it differs from itself
     */
    record Entry(
            String chapter,
            Topic topic,
            Map<String, String> parameters,
            Timing timing,
            boolean checked) {
        Entry asCheck() {
            return new Entry(chapter, topic, parameters, timing, true);
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    private Suite() {}

    /** What tells which backend to use for what. */
    static List<Entry> quick() {
        Suite suite = new Suite();
        suite.echo(QUICK, 64, 64, 1);
        suite.checkLast();
        suite.echo(QUICK, 1, 64, 1);
        suite.echo(QUICK, 64, 64 << 10, 1);
        suite.add(FILES, FILE_READ, QUICK, IN_FLIGHT, "16");
        suite.add(SHORT_LIVED, CHURN, QUICK_LIVES, "ending", "reset");
        suite.idle(QUICK);
        return suite.entries;
    }

    static List<Entry> full() {
        Suite suite = new Suite();
        for (int bytes : new int[] {64, 4 << 10, 64 << 10}) {
            for (int inFlight : new int[] {1, 16}) {
                for (int connections : new int[] {1, 64, 512, 2000}) {
                    suite.echo(FULL, connections, bytes, inFlight);
                    if (connections == 64) {
                        suite.checkLast();
                    }
                }
            }
        }
        for (Topic stream : List.of(TO_CLIENT, TO_SERVER)) {
            suite.add(STREAMS, stream, FULL, CONNECTIONS, "1");
            suite.add(STREAMS, stream, FULL, CONNECTIONS, "64");
            suite.checkLast();
        }
        suite.add(SHORT_LIVED, CHURN, FULL_LIVES, "ending", "reset");
        suite.checkLast();
        suite.add(SHORT_LIVED, CHURN, FULL_LIVES, "ending", "finish");
        for (String accepting : List.of("one-loop", "acceptor", "listener-per-loop")) {
            suite.add(SHORT_LIVED, ACCEPT, FULL_LIVES, "accepting", accepting);
        }
        suite.idle(FULL);
        suite.checkLast();
        for (Topic topic : List.of(EXECUTE_ONE, EXECUTE_FOUR, WAKE_UP, EMPTY_TURN)) {
            suite.loop(topic, FULL);
        }
        for (Topic topic : List.of(FILE_READ, FILE_WRITE)) {
            suite.add(FILES, topic, FULL, IN_FLIGHT, "1");
            suite.add(FILES, topic, FULL, IN_FLIGHT, "16");
        }
        suite.timers("1000000", new Timing(4, 0, 5, 0, 2, 1.1));
        // The first ten million have the compilers done with it.
        suite.timers("10000000", new Timing(1, 0, 4, 0, 2, 12));
        return suite.entries;
    }

    /** What TLS costs, with the engines there are, beside Netty. */
    static List<Entry> tls() {
        Suite suite = new Suite();
        for (String engine : List.of(Engines.JDK, Engines.CONSCRYPT)) {
            for (int bytes : new int[] {64, 4 << 10, 64 << 10}) {
                Map<String, String> parameters = new LinkedHashMap<>();
                parameters.put("engine", engine);
                parameters.put(CONNECTIONS, "64");
                parameters.put(BYTES, Integer.toString(bytes));
                suite.entries.add(new Entry(OVER_TLS, TLS_ECHO, parameters, TLS, false));
            }
            for (String handshake : List.of("full", "resumed")) {
                Map<String, String> parameters = new LinkedHashMap<>();
                parameters.put("engine", engine);
                parameters.put("handshake", handshake);
                suite.entries.add(new Entry(OVER_TLS, TLS_HANDSHAKE, parameters, TLS_LIVES, false));
            }
        }
        return suite.entries;
    }

    /** Echo with so many connections of one small message each. */
    static Entry echo(int connections, int bytes) {
        Suite suite = new Suite();
        suite.echo(FULL, connections, bytes, 1);
        return suite.entries.get(0);
    }

    /** What stands below the title of a section. */
    static String text(String chapter) {
        return CHAPTERS.getOrDefault(chapter, "");
    }

    /** Whether the quick set has a figure like this one, be it of latencies or of throughput. */
    static boolean isHeadline(Figure figure) {
        for (Entry entry : quick()) {
            Piece piece = new Piece(entry.chapter(), entry.topic(), entry.parameters(), "");
            if (piece.shows(figure)) {
                return true;
            }
        }
        return false;
    }

    private void echo(Timing timing, int connections, int bytes, int inFlight) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(CONNECTIONS, Integer.toString(connections));
        parameters.put(BYTES, Integer.toString(bytes));
        parameters.put(IN_FLIGHT, Integer.toString(inFlight));
        entries.add(new Entry(ROUND_TRIPS, ECHO, parameters, timing, false));
    }

    private void idle(Timing timing) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(CONNECTIONS, "64");
        parameters.put("idle", "10000");
        entries.add(new Entry(IDLE, AMONG_IDLE, parameters, timing, false));
    }

    private void loop(Topic topic, Timing timing) {
        entries.add(new Entry(LOOP, topic, Map.of(), timing, false));
    }

    private void timers(String number, Timing timing) {
        for (Topic topic : List.of(INSERT, CANCEL, FIRE)) {
            add(TIMERS, topic, timing, "timers", number);
        }
    }

    private void checkLast() {
        int last = entries.size() - 1;
        entries.set(last, entries.get(last).asCheck());
    }

    private void add(String chapter, Topic topic, Timing timing, String parameter, String value) {
        entries.add(new Entry(chapter, topic, Map.of(parameter, value), timing, false));
    }
}
