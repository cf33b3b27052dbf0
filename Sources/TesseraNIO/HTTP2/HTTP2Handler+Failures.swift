#if NIO
import DequeModule
import NIOCore
import NIOHTTP2
import TesseraCore

extension HTTP2Handler {
    /// Ends a stream, the others go on.
    ///
    /// - Parameter code: What to tell the peer; nil when the stream is over for it already.
    func fail(_ stream: HTTP2Stream, _ failure: TransportFailure, reset code: HTTP2ErrorCode?) {
        guard table.close(stream) else { return }
        var failure = failure
        if case .sent = failure.progress { failure.progress = stream.machine.progress }
        if let code, !isClosed, !stream.machine.isOver { write(stream.id, .rstStream(code)) }
        dropBody(of: stream)
        if !stream.isCommitted { table.remove(stream) }
        // Given back first: the caller's next request may want the stream's place at once.
        connection?.release()
        // What came before is still handed over.
        if stream.backlog.isEmpty { stream.receiver.fail(failure) } else { stream.end = .failed(failure) }
    }

    /// The caller has left.
    func cancel(_ exchange: Exchange) {
        guard let stream = table.stream(of: exchange) else { return }
        let failure = TransportFailure.cancelled(progress: stream.machine.progress, phase: stream.machine.phase)
        guard stream.isOpen else {
            // Its reader may still be at it.
            stream.backlog = []
            stream.end = nil
            return stream.receiver.fail(failure)
        }
        stream.backlog = []
        fail(stream, failure, reset: .cancel)
    }

    /// The body's writer has failed.
    func abort(_ exchange: Exchange, with failure: TransportFailure) {
        guard let stream = table.stream(of: exchange), stream.isOpen else { return }
        var failure = failure
        failure.progress = stream.machine.progress
        fail(stream, failure, reset: .cancel)
    }

    // MARK: The peer goes away

    func receivedGoAway(_ last: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        if code != .noError {
            endReason = (.disconnected, "the server went away (GOAWAY, \(code.name))", nil)
        } else if endReason == nil {
            endReason = (.disconnected, "the server went away before the answer was whole", nil)
        }
        drain()
        for stream in table.all where stream.isOpen && stream.id > last {
            // NIOHTTP2 forgets the streams that are on the wire, and would still send the others.
            let isKnown = stream.machine.isOnWire
            fail(stream, stream.machine.passedOver(code), reset: isKnown ? nil : .cancel)
        }
    }

    // MARK: What NIOHTTP2 says

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let saidGoAway = saidGoAway
        self.saidGoAway = false
        if let stream = brokenStream {
            brokenStream = nil
            return fail(
                stream, stream.machine.failure(.protocolViolation, "the answer is no HTTP/2: \(Self.name(of: error))"),
                reset: nil)
        }
        if let error = error as? NIOHTTP2Errors.StreamError {
            guard let stream = table.open(error.streamID) else { return }
            // A frame that this side wanted to write was refused.
            return fail(
                stream,
                stream.machine.failure(.unsupported, "the request is no HTTP/2: \(Self.name(of: error.baseError))"),
                reset: stream.machine.isOnWire ? .cancel : nil)
        }
        if saidGoAway || error is any NIOHTTP2Error {
            let kind = Self.isLimit(error) ? TransportFailure.Kind.limitExceeded : .protocolViolation
            // The error itself is not passed on: some hold whole header blocks.
            return endConnection(kind, "the connection is no HTTP/2: \(Self.name(of: error))", nil)
        }
        let failure = TransportFailure(onTheWire: error, phase: .head, progress: .sent(bytes: nil))
        endConnection(failure.kind, failure.message, error)
    }

    /// Ends the connection and with it all streams.
    func endConnection(_ kind: TransportFailure.Kind, _ message: String, _ underlying: (any Error)?) {
        guard !isClosed else { return }
        // The first reason is the cause of those that follow.
        if endReason == nil || kind != .disconnected { endReason = (kind, message, underlying) }
        drain()
        failAll()
        context?.close(promise: nil)
    }

    func failAll() {
        for stream in table.all where stream.isOpen {
            let (kind, message, underlying) =
                endReason ?? (.disconnected, "the server closed the connection before its answer was whole", nil)
            var failure = stream.machine.failure(kind, message)
            if kind == .tls { failure.phase = .tls }
            failure.underlying = underlying
            fail(stream, failure, reset: nil)
        }
    }

    /// The error's type; never its text, which may hold header values.
    private static func name(of error: any Error) -> String {
        if let error = error as? NIOHTTP2Errors.StreamError { return name(of: error.baseError) }
        return "\(type(of: error))"
    }

    private static func isLimit(_ error: any Error) -> Bool {
        switch error {
        case is NIOHTTP2Errors.ExcessiveRSTFrames, is NIOHTTP2Errors.ExcessiveControlFrames,
            is NIOHTTP2Errors.ExcessiveContinuationFrames, is NIOHTTP2Errors.ExcessiveStreamErrors,
            is NIOHTTP2Errors.ExcessiveEmptyDataFrames, is NIOHTTP2Errors.ExcessivelyLargeHeaderBlock,
            is NIOHTTP2Errors.ExcessiveNumberOfGlitches, is NIOHTTP2Errors.ExcessiveOutboundFrameBuffering:
            true
        default: false
        }
    }
}

/// NIOHTTP2 tells of each frame that leaves, so that progress is reported as it is and not as it was meant. And it shows
/// which errors it answers with RST_STREAM and which with GOAWAY, which the errors themselves do not say.
extension HTTP2Handler: NIOHTTP2FrameDelegate {
    func wroteFrame(_ frame: HTTP2Frame) {
        switch frame.payload {
        case .headers(let headers): table.open(frame.streamID)?.machine.headersLeft(endsStream: headers.endStream)
        case .data(let data):
            guard let stream = table.open(frame.streamID) else { return }
            stream.machine.dataLeft(data.data.readableBytes, endsStream: data.endStream)
            stream.lastProgress = currentTime()
        // Streams that are reset here are closed in the table by now.
        case .rstStream: brokenStream = table.open(frame.streamID)
        case .goAway: saidGoAway = !isDraining
        default: break
        }
    }
}
#endif
