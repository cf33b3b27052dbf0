#if NIO
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
            return reader.resume(returning: .success(nil))
        }
        receiver.stream.take(reader)
        streams[ObjectIdentifier(exchange)] = receiver
    }

    mutating func forget(_ exchange: Exchange) {
        guard !streams.isEmpty else { return }
        streams[ObjectIdentifier(exchange)] = nil
    }
}
#endif
