#if NIO
import NIOCore
import NIOHTTP2
import TesseraCore

/// How far a request and its answer are on an HTTP/2 stream (RFC 9113 §8.1), and what a failure at this point means. A
/// value.
struct HTTP2StreamStateMachine {
    enum RequestState: Equatable {
        /// The head is sent, the body waits for `100 Continue` until the given time (RFC 9110 §10.1.1).
        case waitingForContinue(until: NIODeadline)
        case sendingBody
        case sent
    }

    enum ResponseState: Equatable {
        case awaitingHead
        /// `hasBody` is false for answers to HEAD and for 204 and 304 (RFC 9110 §6.4.1).
        case awaitingEnd(hasBody: Bool)
        case ended
    }

    /// What follows a piece of the body that the caller wants to send.
    enum Piece: Equatable {
        case send
        /// Later, when the peer or the time allows.
        case hold
        /// Not at all: the answer is there already.
        case unwanted
        /// It is longer than announced, or the body ends too early.
        case wrongLength
    }

    /// The most informational answers that precede the final one: an endless row of them is an attack.
    static let mostInformationalAnswers = 32

    private(set) var request: RequestState
    private(set) var response = ResponseState.awaitingHead
    /// Whether the HEADERS frame has left: NIOHTTP2 holds it back while the socket takes nothing.
    private(set) var isOnWire = false
    /// Whether END_STREAM has left: the peer's window may hold the body's end back for ever.
    private(set) var isRequestOnWire = false
    private var sentBytes: Int
    private var rest: Int?
    /// Bytes of the answer's body that are still to come, if it has said how many.
    private var expected: Int?
    private var informationalAnswers = 0

    /// - Parameters:
    ///   - hasBody: Whether DATA follows the head.
    ///   - length: The announced length of a body that is still to come; nil when it is not known.
    ///   - continueBy: When such a body is sent without permission, if the request asked for it.
    ///   - headBytes: The head's names and values; what HPACK makes of them is not known.
    init(hasBody: Bool, length: Int?, continueBy: NIODeadline?, headBytes: Int) {
        rest = length
        sentBytes = headBytes
        request =
            if !hasBody { .sent } else if let continueBy { .waitingForContinue(until: continueBy) } else {
                .sendingBody
            }
    }

    /// Whether there were more informational answers than any server needs.
    var isFlooded: Bool { informationalAnswers > Self.mostInformationalAnswers }

    var isWaitingForContinue: Bool {
        if case .waitingForContinue = request { true } else { false }
    }

    /// Whether the answer's head is there.
    var hasHead: Bool { response != .awaitingHead }

    var phase: TransportFailure.Phase {
        if hasHead { return .body }
        return request == .sent ? .head : .write
    }

    var progress: TransportFailure.Progress { isOnWire ? .sent(bytes: sentBytes) : .nothingSent }

    func failure(_ kind: TransportFailure.Kind, _ message: String) -> TransportFailure {
        TransportFailure(kind, phase: phase, progress: progress, message: message)
    }

    // MARK: Sending

    /// The HEADERS frame has left.
    mutating func headersLeft(endsStream: Bool) {
        isOnWire = true
        isRequestOnWire = endsStream
    }

    /// A DATA frame of `count` bytes has left.
    mutating func dataLeft(_ count: Int, endsStream: Bool) {
        sentBytes += count
        isRequestOnWire = endsStream
    }

    /// Whether both sides have ended the stream, so that there is nothing left to reset.
    var isOver: Bool { response == .ended && isRequestOnWire }

    /// The body may be sent.
    mutating func continues() {
        if isWaitingForContinue { request = .sendingBody }
    }

    mutating func piece(of count: Int, isLast: Bool) -> Piece {
        guard response != .ended else { return .unwanted }
        switch request {
        case .waitingForContinue: return hasHead ? .unwanted : .hold
        case .sent: return count == 0 ? .unwanted : .wrongLength
        case .sendingBody:
            if let rest {
                guard count <= rest, !isLast || count == rest else { return .wrongLength }
                self.rest = rest - count
            }
            if isLast { request = .sent }
            return .send
        }
    }

    // MARK: Receiving

    /// A header block with an informational status (RFC 9110 §15.2).
    mutating func receivedInformational(status: Int, endsStream: Bool) throws(TransportFailure) {
        guard !endsStream else {
            throw failure(.protocolViolation, "the stream ended with an informational answer")
        }
        guard status != 101 else {
            throw failure(.protocolViolation, "the server switched to a protocol, which HTTP/2 does not know")
        }
        informationalAnswers += 1
        guard !isFlooded else {
            throw failure(.limitExceeded, "the server sends informational answers without end")
        }
        if status == 100 { continues() }
    }

    /// The final head.
    ///
    /// - Parameter length: That of the body, if it is announced.
    mutating func receivedHead(hasBody: Bool, length: Int?) {
        response = .awaitingEnd(hasBody: hasBody)
        expected = hasBody ? length : nil
    }

    /// A header block after the final head.
    func receivedTrailers(endsStream: Bool) throws(TransportFailure) {
        guard endsStream else {
            throw failure(.protocolViolation, "the answer has a second head")
        }
    }

    mutating func receivedData(count: Int) throws(TransportFailure) {
        switch response {
        case .awaitingHead: throw failure(.protocolViolation, "the answer's body came before its head")
        case .awaitingEnd(hasBody: false) where count > 0:
            throw failure(.protocolViolation, "the answer has a body where none may be")
        case .awaitingEnd, .ended: break
        }
        guard let expected else { return }
        guard count <= expected else { throw wrongLength }
        self.expected = expected - count
    }

    /// END_STREAM.
    mutating func receivedEnd() throws(TransportFailure) {
        if let expected, expected > 0 { throw wrongLength }
        response = .ended
    }

    /// RFC 9113 §8.1.1: such an answer is malformed.
    private var wrongLength: TransportFailure {
        failure(.protocolViolation, "the answer's body has another length than its Content-Length")
    }

    /// The peer ended the stream (RFC 9113 §6.4).
    func receivedReset(_ code: HTTP2ErrorCode) -> TransportFailure {
        switch code {
        case .refusedStream where !hasHead:
            // RFC 9113 §8.7: closed prior to any processing having occurred.
            return unprocessed("the server refused the stream (REFUSED_STREAM)")
        case .http11Required:
            return failure(.unsupported, "the server wants this request on HTTP/1.1 (HTTP_1_1_REQUIRED)")
        default: return failure(.disconnected, "the server reset the stream (\(code.name))")
        }
    }

    /// The peer goes away, and this stream's number is above the last that it has looked at (RFC 9113 §6.8).
    func passedOver(_ code: HTTP2ErrorCode) -> TransportFailure {
        // A peer that has answered contradicts itself; the answer is the better witness.
        guard !hasHead else {
            return failure(.disconnected, "the server went away in the middle of the answer (\(code.name))")
        }
        return unprocessed("the server went away without looking at the request (GOAWAY, \(code.name))")
    }

    private func unprocessed(_ message: String) -> TransportFailure {
        TransportFailure(.disconnected, phase: phase, progress: .provablyUnprocessed, message: message)
    }
}
#endif
