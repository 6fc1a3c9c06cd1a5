// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileType;
import io.millrace.spi.Code;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.FileVector;
import io.millrace.spi.OpenFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk with files and directories, which takes in part, fails and runs full by chance, and which
 * a crash leaves as disks are left: what was synced is there, and of the rest what chance says.
 *
 * <p>Names and directories are journalled: after a crash there is a state that was, no older than
 * the last sync of any file. Contents are not: of what was written since the file's last sync each
 * sector is there or not. A failed sync may have forgotten what it should have stored, as those of
 * Linux do, so that the next one succeeds without it.
 *
 * <p>One thread, the world's. Paths are absolute; symbolic links, owners and times are not
 * supported.
 */
public final class SimDisk implements FileCalls {
    private static final int SECTOR = 512;

    /** Of a file. A program that writes without end is to find one. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int DIRECTORY = FileAttributes.TYPE_DIRECTORY | 0755;
    private static final int REGULAR = FileAttributes.TYPE_REGULAR | 0644;

    private final SimWorld world;

    /** Everything that has a name, by that. */
    private final TreeMap<Path, Node> names = new TreeMap<>();

    /** What there was after each change since the last sync, the oldest first. */
    private final List<TreeMap<Path, Node>> journal = new ArrayList<>();

    private final Map<Integer, OnDisk> open = new HashMap<>();
    private int lastDescriptor = 2;
    private long lastInode;

    SimDisk(SimWorld world, Path root) {
        this.world = world;
        names.put(root, new Node(++lastInode, true));
        journal.add(new TreeMap<>(names));
    }

    /** What a crash leaves. */
    SimDisk(SimWorld world, SimDisk crashed) {
        this.world = world;
        lastInode = crashed.lastInode;
        int state = crashed.world.random().nextInt(crashed.journal.size());
        IdentityHashMap<Node, Node> settled = new IdentityHashMap<>();
        crashed.journal
                .get(state)
                .forEach(
                        (path, node) ->
                                names.put(
                                        path,
                                        settled.computeIfAbsent(
                                                node, each -> each.afterCrash(crashed.world))));
        journal.add(new TreeMap<>(names));
    }

    /** How many files and directories are open. */
    public int openFiles() {
        return open.size();
    }

    /** A file or a directory, whatever names it has. */
    private static final class Node {
        final long inode;
        final boolean isDirectory;

        /** What a program reads. */
        byte[] bytes = {};

        /** What a crash cannot take any more. */
        byte[] stored = {};

        /** What was done since, in order. */
        final List<Change> changes = new ArrayList<>();

        Node(long inode, boolean isDirectory) {
            this.inode = inode;
            this.isDirectory = isDirectory;
        }

        void change(Change change) {
            bytes = change.on(bytes);
            changes.add(change);
        }

        void store() {
            for (Change each : changes) {
                stored = each.on(stored);
            }
            changes.clear();
        }

        Node afterCrash(SimWorld world) {
            Node left = new Node(inode, isDirectory);
            left.stored = stored;
            for (Change each : changes) {
                left.stored = each.inPart(left.stored, world);
            }
            left.bytes = left.stored;
            return left;
        }
    }

    /** Some bytes at a place, or a new size. */
    private static final class Change {
        private final long position;

        /** Null if this is a new size, which is then the position. */
        private final byte @Nullable [] data;

        Change(long position, byte @Nullable [] data) {
            this.position = position;
            this.data = data;
        }

        byte[] on(byte[] before) {
            byte[] piece = data;
            if (piece == null) {
                return Arrays.copyOf(before, (int) position);
            }
            int end = (int) position + piece.length;
            byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
            System.arraycopy(piece, 0, after, (int) position, piece.length);
            return after;
        }

        /** By sectors of the disk, each of which is there or not. */
        byte[] inPart(byte[] before, SimWorld world) {
            byte[] piece = data;
            if (piece == null) {
                return world.random().nextBoolean() ? on(before) : before;
            }
            byte[] after = before;
            for (int from = 0; from < piece.length; ) {
                long at = position + from;
                int length = (int) Math.min(piece.length - from, SECTOR - at % SECTOR);
                if (world.random().nextBoolean()) {
                    after =
                            new Change(at, Arrays.copyOfRange(piece, from, from + length))
                                    .on(after);
                }
                from += length;
            }
            return after;
        }
    }

    /** An open file, or an open directory with the names that are still to be told. */
    private final class OnDisk implements OpenFile {
        final int descriptor = ++lastDescriptor;
        final Node node;
        final boolean appends;
        final List<DirectoryEntry> unread = new ArrayList<>();

        OnDisk(Node node, boolean appends) {
            this.node = node;
            this.appends = appends;
            open.put(descriptor, this);
        }

        @Override
        public int descriptor() {
            return descriptor;
        }

        @Override
        public long size() {
            return node.bytes.length;
        }

        @Override
        public int read(ByteBuffer into, long position) {
            int count = (int) Math.min(into.remaining(), Math.max(0, size() - position));
            if (count > 0) {
                into.put(node.bytes, (int) position, count);
            }
            return count;
        }

        @Override
        public void close() {
            if (open.remove(descriptor) == null) {
                throw new SimulationError("a file that is closed already is closed", world);
            }
        }
    }

    @Override
    public long carryOut(FileRequest request, FileAnswer answer) {
        long result =
                switch (request.operation()) {
                    case STATUS, LINK_STATUS -> status(request.path(), answer);
                    case STATUS_OF_FILE -> answer(file(request.file()).node, answer);
                    case OPEN -> open(request, answer);
                    case READ, READ_VECTOR -> read(request);
                    case WRITE, WRITE_VECTOR -> write(request);
                    case SYNC, SYNC_DATA -> sync(file(request.file()).node);
                    case SIZE -> file(request.file()).node.bytes.length;
                    case TRUNCATE -> resize(file(request.file()).node, request.position());
                    case ALLOCATE -> allocate(request);
                    case ADVISE -> Code.OK;
                    case COPY -> copy(request);
                    case CLOSE, CLOSE_DIRECTORY -> close(request.file());
                    case OPEN_DIRECTORY -> openDirectory(request.path(), answer);
                    case READ_DIRECTORY -> readDirectory(file(request.file()), answer);
                    case MAKE_DIRECTORY, REMOVE, REMOVE_DIRECTORY, RENAME, LINK -> change(request);
                    default -> Code.NOT_SUPPORTED;
                };
        world.trace(result);
        return result;
    }

    /** By its number: others may have wrapped it. */
    private OnDisk file(OpenFile known) {
        OnDisk file = open.get(known.descriptor());
        if (file == null) {
            throw new SimulationError("a file that is closed is used", world);
        }
        return file;
    }

    private long status(Path path, FileAnswer answer) {
        if (world.strikes(Fault.PATH_FAILURE)) {
            return DeclaredCodes.PATH.draw(world.random());
        }
        Node node = names.get(path);
        return node == null ? whyMissing(path) : answer(node, answer);
    }

    private long answer(Node node, FileAnswer answer) {
        Instant now = Instant.ofEpochSecond(0, world.elapsedNanos());
        answer.attributes =
                new FileAttributes(
                        node.bytes.length,
                        now,
                        node.isDirectory ? DIRECTORY : REGULAR,
                        now,
                        now,
                        null,
                        node.inode,
                        1,
                        Math.max(1, linksOf(node)),
                        0,
                        0,
                        -1,
                        0,
                        0);
        return Code.OK;
    }

    private long linksOf(Node node) {
        return names.values().stream().filter(each -> each == node).count();
    }

    /** Of a path that has no file. */
    private int whyMissing(Path path) {
        for (Path above = path.getParent(); above != null; above = above.getParent()) {
            Node node = names.get(above);
            if (node != null) {
                return node.isDirectory ? Code.NO_SUCH_FILE : Code.NOT_A_DIRECTORY;
            }
        }
        return Code.NO_SUCH_FILE;
    }

    /** Why nothing can be made at a path whose name is free, or OK. */
    private int whyNotMade(Path path) {
        Node parent = names.get(Objects.requireNonNull(path.getParent()));
        if (parent == null) {
            return whyMissing(path);
        }
        return parent.isDirectory ? Code.OK : Code.NOT_A_DIRECTORY;
    }

    private long open(FileRequest request, FileAnswer answer) {
        if (world.strikes(Fault.OPEN_FAILURE)) {
            return DeclaredCodes.OPEN.draw(world.random());
        }
        if ((request.flags() & FileRequest.OPEN_TEMPORARY) != 0) {
            return openTemporary(request.path(), answer);
        }
        Set<StandardOpenOption> options = request.options();
        boolean isNew = options.contains(StandardOpenOption.CREATE_NEW);
        Node node = names.get(request.path());
        if (node == null) {
            if (!isNew && !options.contains(StandardOpenOption.CREATE)) {
                return whyMissing(request.path());
            }
            int refusal = whyNotMade(request.path());
            if (refusal != Code.OK) {
                return refusal;
            }
            node = new Node(++lastInode, false);
            names.put(request.path(), node);
            changed();
        } else if (isNew) {
            return Code.EXISTS;
        } else if (node.isDirectory) {
            return Code.IS_DIRECTORY;
        } else if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            node.change(new Change(0, null));
        }
        answer.opened = new OnDisk(node, options.contains(StandardOpenOption.APPEND));
        return Code.OK;
    }

    /** By chance this is a file system that has no files without a name. */
    private long openTemporary(Path directory, FileAnswer answer) {
        Node parent = names.get(directory);
        if (parent == null) {
            return whyMissing(directory);
        }
        if (world.random().nextBoolean()) {
            return world.random().nextBoolean() ? Code.NOT_SUPPORTED : Code.IS_DIRECTORY;
        }
        answer.opened = new OnDisk(new Node(++lastInode, false), false);
        return Code.OK;
    }

    private long close(OpenFile known) {
        file(known).close();
        return world.strikes(Fault.CLOSE_FAILURE) ? Code.IO_ERROR : Code.OK;
    }

    private interface Transfer {
        long of(ByteBuffer buffer, long position, boolean first);
    }

    /** As one call: it stops where a buffer was not served whole. */
    private static long transfer(FileRequest request, Transfer one) {
        if (request.operation() == Operation.READ || request.operation() == Operation.WRITE) {
            ByteBuffer bytes =
                    request.buffer().duplicate().limit(request.to()).position(request.from());
            return one.of(bytes, request.position(), true);
        }
        FileVector vector = request.vector();
        long done = 0;
        for (int i = 0; i < vector.count(); i++) {
            ByteBuffer bytes =
                    vector.buffer(i).duplicate().limit(vector.to(i)).position(vector.from(i));
            int wanted = bytes.remaining();
            long count = wanted == 0 ? 0 : one.of(bytes, request.position() + done, done == 0);
            if (count < 0) {
                return done == 0 ? count : done;
            }
            done += count;
            if (count < wanted) {
                break;
            }
        }
        return done;
    }

    private long read(FileRequest request) {
        OnDisk file = file(request.file());
        return transfer(request, (buffer, position, first) -> readOnce(file, buffer, position));
    }

    private long readOnce(OnDisk file, ByteBuffer into, long position) {
        if (world.strikes(Fault.READ_FAILURE)) {
            return Code.IO_ERROR;
        }
        if (into.remaining() > 1 && world.strikes(Fault.SHORT_READ)) {
            into.limit(into.position() + 1 + world.random().nextInt(into.remaining() - 1));
        }
        return file.read(into, position);
    }

    private long write(FileRequest request) {
        OnDisk file = file(request.file());
        return transfer(
                request,
                (buffer, position, first) ->
                        writeOnce(file.node, buffer, file.appends ? file.size() : position, first));
    }

    /**
     * One buffer's bytes.
     *
     * @param first whether a failure is the call's: otherwise what came before is its answer, and
     *     nothing may follow that
     */
    private long writeOnce(Node node, ByteBuffer from, long position, boolean first) {
        if (world.strikes(Fault.NO_SPACE)) {
            return DeclaredCodes.ROOM.draw(world.random());
        }
        if (position + from.remaining() > MOST_BYTES) {
            return Code.NO_SPACE;
        }
        boolean fails = world.strikes(Fault.WRITE_FAILURE);
        int count = from.remaining();
        if (fails) {
            count = first ? world.random().nextInt(count + 1) : 0;
        } else if (count > 1 && world.strikes(Fault.SHORT_WRITE)) {
            count = 1 + world.random().nextInt(count - 1);
        }
        byte[] data = new byte[count];
        from.get(data);
        if (count > 0) {
            node.change(new Change(position, data));
        }
        return fails ? Code.IO_ERROR : count;
    }

    private long sync(Node node) {
        if (!world.strikes(Fault.SYNC_FAILURE)) {
            node.store();
            TreeMap<Path, Node> newest = journal.get(journal.size() - 1);
            journal.clear();
            journal.add(newest);
            return Code.OK;
        }
        if (world.random().nextBoolean()) {
            // What it should have stored is marked as stored, and is not, or not all of it.
            node.stored = node.afterCrash(world).stored;
            node.changes.clear();
        }
        return Code.IO_ERROR;
    }

    private long resize(Node node, long size) {
        if (size > node.bytes.length && world.strikes(Fault.NO_SPACE)) {
            return DeclaredCodes.ROOM.draw(world.random());
        }
        node.change(new Change(size, null));
        return Code.OK;
    }

    private long allocate(FileRequest request) {
        Node node = file(request.file()).node;
        long end = request.position() + request.length();
        if (world.strikes(Fault.NO_SPACE)) {
            return DeclaredCodes.ROOM.draw(world.random());
        }
        return end > node.bytes.length ? resize(node, end) : Code.OK;
    }

    private long copy(FileRequest request) {
        OnDisk source = file(request.file());
        OnDisk target = file(request.targetFile());
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(request.length(), source.size()));
        long count = readOnce(source, piece, request.position());
        return count <= 0
                ? count
                : writeOnce(target.node, piece.flip(), request.targetPosition(), true);
    }

    private long openDirectory(Path path, FileAnswer answer) {
        if (world.strikes(Fault.OPEN_FAILURE)) {
            return DeclaredCodes.OPEN.draw(world.random());
        }
        Node node = names.get(path);
        if (node == null) {
            return whyMissing(path);
        }
        if (!node.isDirectory) {
            return Code.NOT_A_DIRECTORY;
        }
        OnDisk directory = new OnDisk(node, false);
        names.forEach(
                (name, each) -> {
                    if (path.equals(name.getParent())) {
                        directory.unread.add(
                                new DirectoryEntry(
                                        name.getFileName(),
                                        each.isDirectory ? FileType.DIRECTORY : FileType.REGULAR));
                    }
                });
        answer.opened = directory;
        return Code.OK;
    }

    private long readDirectory(OnDisk directory, FileAnswer answer) {
        if (world.strikes(Fault.READ_FAILURE)) {
            return Code.IO_ERROR;
        }
        int count = directory.unread.size();
        if (count > 1 && world.strikes(Fault.SHORT_LISTING)) {
            count = 1;
        }
        List<DirectoryEntry> batch = directory.unread.subList(0, count);
        answer.value = List.copyOf(batch);
        batch.clear();
        return Code.OK;
    }

    private long change(FileRequest request) {
        if (world.strikes(Fault.PATH_FAILURE)) {
            return DeclaredCodes.PATH.draw(world.random());
        }
        Path path = request.path();
        long result =
                switch (request.operation()) {
                    case MAKE_DIRECTORY -> makeDirectory(path);
                    case REMOVE -> remove(path, false);
                    case REMOVE_DIRECTORY -> remove(path, true);
                    case RENAME -> rename(path, request.target(), request.flags());
                    default -> link(path, request.target());
                };
        if (result == Code.OK) {
            changed();
        }
        return result;
    }

    private void changed() {
        journal.add(new TreeMap<>(names));
    }

    private long makeDirectory(Path path) {
        if (names.containsKey(path)) {
            return Code.EXISTS;
        }
        int refusal = whyNotMade(path);
        if (refusal == Code.OK) {
            names.put(path, new Node(++lastInode, true));
        }
        return refusal;
    }

    private long remove(Path path, boolean directory) {
        Node node = names.get(path);
        if (node == null) {
            return whyMissing(path);
        }
        if (node.isDirectory != directory) {
            return directory ? Code.NOT_A_DIRECTORY : Code.IS_DIRECTORY;
        }
        if (directory && !isEmpty(path)) {
            return Code.NOT_EMPTY;
        }
        names.remove(path);
        return Code.OK;
    }

    private boolean isEmpty(Path directory) {
        return names.keySet().stream().noneMatch(each -> directory.equals(each.getParent()));
    }

    private long rename(Path from, Path to, int flags) {
        Node node = names.get(from);
        if (node == null) {
            return whyMissing(from);
        }
        if ((flags & FileRequest.RENAME_EXCHANGE) != 0) {
            return Code.INVALID_ARGUMENT;
        }
        Node replaced = names.get(to);
        if (replaced == null) {
            int refusal = whyNotMade(to);
            if (refusal != Code.OK) {
                return refusal;
            }
        } else if ((flags & FileRequest.RENAME_NO_REPLACE) != 0) {
            return Code.EXISTS;
        } else if (replaced == node) {
            return Code.OK;
        } else if (replaced.isDirectory != node.isDirectory) {
            return node.isDirectory ? Code.NOT_A_DIRECTORY : Code.IS_DIRECTORY;
        } else if (replaced.isDirectory && !isEmpty(to)) {
            return Code.NOT_EMPTY;
        }
        if (node.isDirectory && to.startsWith(from)) {
            return Code.INVALID_ARGUMENT;
        }
        Map<Path, Node> moved = new TreeMap<>();
        for (Path each : List.copyOf(names.keySet())) {
            if (each.startsWith(from)) {
                Path moves = each.equals(from) ? to : to.resolve(from.relativize(each));
                moved.put(moves, Objects.requireNonNull(names.remove(each)));
            }
        }
        names.putAll(moved);
        return Code.OK;
    }

    private long link(Path existing, Path further) {
        Node node = names.get(existing);
        if (node == null) {
            return whyMissing(existing);
        }
        if (node.isDirectory) {
            return Code.NOT_PERMITTED;
        }
        if (names.containsKey(further)) {
            return Code.EXISTS;
        }
        int refusal = whyNotMade(further);
        if (refusal == Code.OK) {
            names.put(further, node);
        }
        return refusal;
    }
}
