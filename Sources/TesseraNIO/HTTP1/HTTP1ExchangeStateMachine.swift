#if NIO
import NIOCore

/// How far a request and its answer are on an HTTP/1.1 connection, and whether another pair may follow. A value.
struct HTTP1ExchangeStateMachine {
    enum RequestState: Equatable {
        /// The head is sent, the body waits for `100 Continue` until the given time (RFC 9110 §10.1.1).
        case waitingForContinue(until: NIODeadline)
        case sendingBody(rest: Int?)
        case sent
    }

    enum ResponseState: Equatable {
        case awaitingHead
        case body
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
    private var informationalAnswers = 0
    private var keepsAlive = true

    /// - Parameters:
    ///   - streamedLength: The announced length of a body that is still to come; nil inside when it is not known.
    ///   - continueBy: When such a body is sent without permission, if the request asked for it.
    init(streamsBody: Bool, streamedLength: Int?, continueBy: NIODeadline?) {
        if !streamsBody {
            request = .sent
        } else if let continueBy {
            request = .waitingForContinue(until: continueBy)
            pendingLength = streamedLength
        } else {
            request = .sendingBody(rest: streamedLength)
        }
    }

    private var pendingLength: Int?

    /// Whether the connection may be used again after this exchange.
    var isReusable: Bool { keepsAlive && request == .sent && response == .ended }

    var isWaitingForContinue: Bool {
        if case .waitingForContinue = request { true } else { false }
    }

    /// An informational answer (RFC 9110 §15.2). Returns false when there are too many.
    mutating func informational(status: UInt) -> Bool {
        informationalAnswers += 1
        if status == 100 { continues() }
        return informationalAnswers <= Self.mostInformationalAnswers
    }

    /// The body may be sent.
    mutating func continues() {
        if isWaitingForContinue { request = .sendingBody(rest: pendingLength) }
    }

    mutating func piece(of count: Int, isLast: Bool) -> Piece {
        guard response == .awaitingHead || response == .body else { return .unwanted }
        switch request {
        case .waitingForContinue: return response == .awaitingHead ? .hold : .unwanted
        case .sent: return count == 0 ? .unwanted : .wrongLength
        case .sendingBody(let rest):
            if let rest {
                guard count <= rest, !isLast || count == rest else { return .wrongLength }
                request = isLast ? .sent : .sendingBody(rest: rest - count)
            } else if isLast {
                request = .sent
            }
            return .send
        }
    }

    mutating func receivedHead(keepsAlive: Bool) {
        self.keepsAlive = keepsAlive
        response = .body
    }

    mutating func receivedEnd() {
        response = .ended
    }
}
#endif
