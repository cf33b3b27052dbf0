#if NIO
import DequeModule
import HTTPTypes
import NIOCore
import NIOHTTP2
import TesseraCore

extension HTTP2Handler {
    func receive(_ frame: HTTP2Frame) {
        switch frame.payload {
        case .headers(let headers):
            guard let stream = table.open(frame.streamID) else { return }
            stream.lastProgress = currentTime()
            do throws(TransportFailure) {
                try receive(headers, on: stream)
            } catch {
                let mayGoOn = stream.machine.isFlooded || (stream.machine.hasHead && error.kind == .protocolViolation)
                fail(stream, error, reset: error.kind == .protocolViolation ? .protocolError : .cancel)
                // Whoever sends heads without end goes on with it on a stream that is reset.
                if mayGoOn { drain() }
            }
        case .data(let data):
            guard let stream = table.open(frame.streamID) else { return }
            stream.lastProgress = currentTime()
            do throws(TransportFailure) {
                try receive(data, on: stream)
            } catch {
                fail(stream, error, reset: error.kind == .protocolViolation ? .protocolError : .cancel)
            }
        case .rstStream(let code):
            guard let stream = table.open(frame.streamID) else { return }
            fail(stream, stream.machine.receivedReset(code), reset: nil)
        case .goAway(let last, let code, _): receivedGoAway(last, code)
        case .settings(.settings(let settings)): receive(settings)
        case .pushPromise:
            // SETTINGS_ENABLE_PUSH is 0, so this is an error of the connection (RFC 9113 §8.4).
            endConnection(.protocolViolation, "the server pushes, which was switched off", nil)
        case .settings(.ack), .ping, .priority, .windowUpdate, .alternativeService, .origin: break
        }
    }

    private func receive(_ settings: HTTP2Settings) {
        for setting in settings {
            switch setting.parameter {
            case .maxConcurrentStreams: streamLimit = min(max(0, setting.value), HTTP2Limits.mostStreams)
            case .maxFrameSize: peerFrameSize = max(16_384, setting.value)
            case .headerTableSize: mayIndex = mayIndex && setting.value <= HTTP2Limits.peerHeaderTable
            default: break
            }
        }
        connection?.limits(streams: streamLimit)
    }

    private func receive(
        _ headers: HTTP2Frame.FramePayload.Headers, on stream: HTTP2Stream
    ) throws(TransportFailure) {
        guard !stream.machine.hasHead else {
            try stream.machine.receivedTrailers(endsStream: headers.endStream)
            try HTTP2ResponseHead.check(trailers: headers.headers, limits: stream.exchange.request.limits)
            return try receivedEnd(of: stream)
        }
        let head = try HTTP2ResponseHead(
            headers.headers, limits: stream.exchange.request.limits, last: &lastHead)
        guard head.status >= 200 else {
            try stream.machine.receivedInformational(status: head.status, endsStream: headers.endStream)
            return sendHeldPiece(of: stream)
        }
        let hasBody = stream.exchange.request.requestHead.method != .head && head.status != 204 && head.status != 304
        stream.machine.receivedHead(hasBody: hasBody, length: head.contentLength)
        // Whoever waits for permission to send the body will not get it any more.
        if stream.machine.isWaitingForContinue { dropBody(of: stream) }
        try stream.receiver.receive(
            head.response, status: head.status, announced: hasBody ? head.contentLength : nil, hasBody: hasBody)
        if stream.receiver.isMisdirected { drain() }
        if headers.endStream { try receivedEnd(of: stream) }
    }

    private func receive(_ data: HTTP2Frame.FramePayload.Data, on stream: HTTP2Stream) throws(TransportFailure) {
        guard case .byteBuffer(let bytes) = data.data else { return }
        try stream.machine.receivedData(count: bytes.readableBytes)
        // RFC 9113 §6.1: padding and its length count as well, and are done with at once.
        let padding = data.paddingBytes.map { $0 + 1 } ?? 0
        if bytes.readableBytes > 0 {
            if stream.receiver.isStreamed, !stream.backlog.isEmpty || !stream.receiver.stream.hasRoom {
                stream.keep(bytes)
            } else {
                try stream.receiver.receive(bytes)
            }
        }
        if data.endStream { return try receivedEnd(of: stream) }
        let taken = stream.backlog.isEmpty ? bytes.readableBytes + padding : padding
        openWindow(of: stream, by: taken)
    }

    /// Opens the stream's window again by what was taken out of it.
    private func openWindow(of stream: HTTP2Stream, by count: Int) {
        guard count > 0, stream.isOpen, let owed = stream.window.consume(count) else { return }
        write(stream.id, .windowUpdate(windowSizeIncrement: owed))
    }

    /// The answer is whole on the wire.
    private func receivedEnd(of stream: HTTP2Stream) throws(TransportFailure) {
        try stream.machine.receivedEnd()
        let outcome: Exchange.Outcome?
        if stream.receiver.isStreamed, !stream.backlog.isEmpty {
            stream.end = .whole
            outcome = nil
        } else {
            outcome = try stream.receiver.finish()
        }
        guard table.close(stream) else { return }
        // An answer before the request's end: the rest is not wanted (RFC 9113 §8.1).
        if !stream.machine.isRequestOnWire { write(stream.id, .rstStream(.noError)) }
        dropBody(of: stream)
        // Given back first: the caller's next request may want the stream's place at once.
        if let outcome {
            table.remove(stream)
            connection?.release(at: currentTime())
            finish(stream.exchange, outcome)
        } else {
            connection?.release()
        }
    }

    // MARK: Streamed answers

    func take(_ reader: ResponseStream.Reader, of exchange: Exchange) {
        guard let stream = table.stream(of: exchange) else {
            return reader.resume(returning: .failure(.readOutsideScope))
        }
        stream.receiver.stream.take(reader)
        pump(stream)
        guard stream.receiver.stream.isWaiting, stream.isOpen else { return }
        stream.lastProgress = currentTime()
        arm(by: stream.dueTime)
    }

    /// Hands pieces from the backlog to the reader while it has room for them.
    private func pump(_ stream: HTTP2Stream) {
        var taken = 0
        do throws(TransportFailure) {
            while stream.receiver.stream.hasRoom, let bytes = stream.backlog.popFirst() {
                taken += bytes.readableBytes
                try stream.receiver.receive(bytes)
            }
            if stream.backlog.isEmpty, let end = stream.end {
                stream.end = nil
                switch end {
                case .whole: _ = try stream.receiver.finish()
                case .failed(let failure): stream.receiver.fail(failure)
                }
            }
        } catch {
            stream.backlog = []
            stream.end = nil
            if stream.isOpen { return fail(stream, error, reset: .cancel) }
            stream.receiver.fail(error)
        }
        openWindow(of: stream, by: taken)
    }

    /// The reader's scope is over. What is unread is given up with the stream.
    func endScope(of exchange: Exchange) {
        guard let stream = table.stream(of: exchange) else { return }
        fail(stream, .cancelled(progress: stream.machine.progress, phase: .body), reset: .cancel)
        table.remove(stream)
    }
}
#endif
