// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.IoException;
import io.millrace.internal.loop.LoopPart;
import io.millrace.internal.stream.KernelAddress;
import io.millrace.spi.DatagramAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a loop's datagrams come from and go to, as numbers and as objects, so that
 * neither is made again for a peer that is talked to all the time. Two tables with a place for each
 * hash: whoever comes takes the place of who was there. Loop thread only.
 */
final class AddressBook {
    static final LoopPart<AddressBook> OF_LOOP = new LoopPart<>(loop -> new AddressBook());

    /** As many peers as a small server has; for more of them objects are made now and then. */
    private static final int PLACES = 1024;

    private final @Nullable DatagramAddress[] senders = new DatagramAddress[PLACES];
    private final @Nullable InetSocketAddress[] receivers = new InetSocketAddress[PLACES];
    private final @Nullable DatagramAddress[] receiverNumbers = new DatagramAddress[PLACES];

    /** The object of an address that is known. */
    InetSocketAddress objectOf(DatagramAddress address) {
        int place = address.hash() & (PLACES - 1);
        DatagramAddress known = senders[place];
        if (known == null || !known.isSame(address) || known.scope() != address.scope()) {
            known = new DatagramAddress();
            known.set(address);
            senders[place] = known;
        }
        return known.toObject();
    }

    /**
     * Writes where a datagram for this address is to go.
     *
     * @throws IoException if that is nowhere, see {@link KernelAddress#toReach}
     */
    void find(InetSocketAddress address, DatagramAddress into) throws IoException {
        int place = address.hashCode() & (PLACES - 1);
        InetSocketAddress known = receivers[place];
        DatagramAddress numbers = receiverNumbers[place];
        if (numbers == null || !address.equals(known)) {
            numbers = new DatagramAddress();
            numbers.set(KernelAddress.toReach(address, "send"));
            // Now, and not with each copy that is made of it.
            numbers.ensureNumbers();
            receiverNumbers[place] = numbers;
            receivers[place] = address;
        }
        into.set(numbers);
    }
}
