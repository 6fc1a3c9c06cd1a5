// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

/**
 * What a real kernel or network does to a program now and then, and how often it does so here: the
 * chance per occasion in the {@code ROUGH} and the {@code HOSTILE} profile.
 */
public enum Fault {
    /** Things take time, so that events of different connections change places. */
    DELAY(1, 1),
    /** A send takes fewer bytes than there is room for. */
    PARTIAL_SEND(0.5, 0.5),
    /** What one send took arrives in pieces. */
    SPLIT_ARRIVAL(0.5, 0.5),
    /** A receive is given fewer bytes than have arrived. Completions only: edges rule it out. */
    PARTIAL_RECEIVE(0.5, 0.5),
    /** Room that the reader made is announced to the sender much later. */
    SLOW_DRAIN(0.2, 0.3),
    /** The end of the stream comes much later than the last byte. */
    LATE_END(0.3, 0.3),
    /** What was on its way when an operation was stopped or a handle closed is still reported. */
    LATE_COMPLETION(0.5, 0.5),
    /** A cancelled send reports bytes, because the kernel had taken them before it heard. */
    BYTES_AFTER_CANCEL(0.5, 0.5),
    /** A send that could have been answered at once is pending instead. */
    PENDING_SEND(0.5, 0.5),
    /** A receive ends for lack of chunks although there are some. */
    NO_CHUNKS(0.05, 0.05),
    /** A socket is said to be ready and is not. */
    SPURIOUS_READINESS(0.1, 0.2),
    /** A wait ends although nothing happened, as a signal would end it. */
    EARLY_WAKE(0.1, 0.1),
    /** Accepting fails for lack of descriptors or memory; the connection stays queued. */
    ACCEPT_FAILURE(0.02, 0.1),
    /** A queued connection was given up by its client before it was accepted. */
    ACCEPT_ABORTED(0, 0.1),
    /** A connect fails. */
    CONNECT_FAILURE(0, 0.1),
    /** A connection breaks, for both sides, while it is used. */
    CONNECTION_FAILURE(0, 0.01),
    /** One send fails and the connection lives on. */
    SEND_FAILURE(0, 0.01),
    /** A poller cannot take one more socket. */
    REGISTRATION_FAILURE(0, 0.01),
    /** There is no descriptor for one more socket. */
    SOCKET_FAILURE(0, 0.02),
    /** Of descriptors that were passed, a process gets only some, for it can have no more. */
    DESCRIPTORS_LOST(0.1, 0.2),
    /** A datagram does not arrive. */
    DATAGRAM_LOSS(0.2, 0.3),
    /** A datagram arrives twice. */
    DATAGRAM_DUPLICATION(0.2, 0.3),
    /** A datagram is overtaken by later ones. */
    DATAGRAM_REORDERING(0.2, 0.3),
    /** A datagram is cut as it is received. */
    DATAGRAM_TRUNCATION(0.05, 0.1),
    /** The network has no room for a datagram now, and does not tell when it has. */
    NETWORK_FULL(0.05, 0.1),
    /** A datagram cannot be sent. */
    DATAGRAM_SEND_FAILURE(0, 0.05),
    /** A read of a file is given fewer bytes than there are. */
    SHORT_READ(0.3, 0.3),
    /** A write to a file is taken in part. */
    SHORT_WRITE(0.3, 0.3),
    /** The file system has no room for what is written. */
    NO_SPACE(0, 0.02),
    /** A read of a file fails. */
    READ_FAILURE(0, 0.02),
    /** A write to a file fails, and nobody knows what of it is there. */
    WRITE_FAILURE(0, 0.02),
    /** A sync fails, and what was written before is lost or not. */
    SYNC_FAILURE(0, 0.1),
    /** A file cannot be opened. */
    OPEN_FAILURE(0, 0.02),
    /** A file is closed, and that tells of writes that were lost. */
    CLOSE_FAILURE(0, 0.02),
    /** A question about a path, or a change of a directory, fails. */
    PATH_FAILURE(0, 0.03),
    /** Names of a directory come one by one. */
    SHORT_LISTING(0.5, 0.5),
    /** A cancelled operation on a file is done all the same. */
    DONE_AFTER_CANCEL(0.5, 0.5);

    final double rough;
    final double hostile;

    /** Whether it happens to datagrams alone. */
    boolean isOfDatagrams() {
        return compareTo(DATAGRAM_LOSS) >= 0 && !isOfFiles();
    }

    /** Whether it happens to files alone. */
    boolean isOfFiles() {
        return compareTo(SHORT_READ) >= 0;
    }

    /** Whether it happens to Unix-domain connections alone. */
    boolean isOfUnix() {
        return this == DESCRIPTORS_LOST;
    }

    Fault(double rough, double hostile) {
        this.rough = rough;
        this.hostile = hostile;
    }
}
