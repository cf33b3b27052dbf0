#if NIO
import TesseraCore

/// Streamed answers that are whole on the wire, or failed, while their readers still take pieces. Lives on the event
/// loop; the connection itself may carry other exchanges by then.
struct FinishedStreams {
    private var streams: [ObjectIdentifier: ResponseReceiver] = [:]

    mutating func keep(_ receiver: ResponseReceiver) {
        guard receiver.isStreamed else { return }
        streams[ObjectIdentifier(receiver.exchange)] = receiver
    }

    mutating func take(_ reader: ResponseStream.Reader, of exchange: Exchange) {
        guard var receiver = streams[ObjectIdentifier(exchange)] else {
            return reader.resume(returning: .failure(.readOutsideScope))
        }
        receiver.stream.take(reader)
        streams[ObjectIdentifier(exchange)] = receiver
    }

    mutating func forget(_ exchange: Exchange) {
        guard !streams.isEmpty else { return }
        streams[ObjectIdentifier(exchange)] = nil
    }
}

extension TransportFailure {
    /// What was not read in the scope is gone: to call that the answer's end would be to make it look whole.
    static let readOutsideScope = TransportFailure(
        .unsupported, phase: .body, progress: .sent(bytes: nil),
        message: "the answer was read outside of its scope, with whose end it was given up")
}
#endif
