// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.testkit.load.MessageServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Queries and answers as tests need them. */
final class Messages {
    private Messages() {}

    static Name name(String text) {
        try {
            return Name.fromString(text);
        } catch (IOException bad) {
            throw new UncheckedIOException(bad);
        }
    }

    static Message query(String name) {
        return Message.newQuery(Record.newRecord(name(name), Type.A, DClass.IN));
    }

    static Message parse(MessageServer.Request request) {
        try {
            return new Message(request.bytes());
        } catch (IOException bad) {
            throw new UncheckedIOException(bad);
        }
    }

    /** An answer to a query, with nothing in it yet. */
    static Message answerTo(Message query) {
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(query.getQuestion(), Section.QUESTION);
        return answer;
    }

    static Message answerTo(Message query, String address) {
        Message answer = answerTo(query);
        answer.addRecord(a(query.getQuestion().getName(), address), Section.ANSWER);
        return answer;
    }

    static Message failureTo(Message query, int code) {
        Message answer = answerTo(query);
        answer.getHeader().setRcode(code);
        return answer;
    }

    static Record a(Name name, String address) {
        try {
            return new ARecord(name, DClass.IN, 60, InetAddress.getByName(address));
        } catch (IOException bad) {
            throw new UncheckedIOException(bad);
        }
    }

    /** What an answer says, in order. */
    static String text(Message answer) {
        StringBuilder text = new StringBuilder();
        for (Record each : answer.getSection(Section.ANSWER)) {
            text.append(text.isEmpty() ? "" : " ").append(each.rdataToString());
        }
        return text.toString();
    }
}
