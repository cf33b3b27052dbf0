#if NIO
import DequeModule
import NIOCore
import NIOHTTP2
import TesseraCore

/// One exchange on an HTTP/2 connection. Lives on the event loop.
final class HTTP2Stream {
    /// How an answer ends once its reader has taken what came before.
    enum End {
        case whole
        case failed(TransportFailure)
    }

    let id: HTTP2StreamID
    // As in `HTTP1Handler`: overlapping access is looked for in debug builds.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var receiver: ResponseReceiver
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var machine: HTTP2StreamStateMachine
    var window = HTTP2ReceiveWindow(size: HTTP2Limits.streamWindow)
    /// Whether the peer still counts the stream among those under way.
    var isOpen = true

    /// Pieces of a streamed answer that the reader has no room for. They are decoded when it has, so that a small piece
    /// cannot become a large one behind its back.
    var backlog: Deque<ByteBuffer> = []
    /// What follows the backlog.
    var end: End?

    /// A piece of the request's body that waits for permission to be sent.
    var heldPiece: (bytes: ByteBuffer, isLast: Bool, permission: BodyPermission)?
    /// What is left of a body that was there as a whole.
    var rest: ArraySlice<UInt8> = []
    /// Pieces that NIOHTTP2 or the socket have not taken yet.
    var pendingWrites = 0
    /// When a byte of the answer came last, or a piece of the body went, or the waiting began.
    var lastProgress: NIODeadline
    let idleLimit: TimeAmount

    var exchange: Exchange { receiver.exchange }

    init(
        id: HTTP2StreamID, exchange: Exchange, decompresses: Bool, machine: HTTP2StreamStateMachine, now: NIODeadline
    ) {
        self.id = id
        receiver = ResponseReceiver(exchange, decompresses: decompresses)
        self.machine = machine
        lastProgress = now
        idleLimit = .nanoseconds(exchange.request.phases.idleNanoseconds)
    }

    /// Keeps a piece in the backlog. It is copied: a slice would keep alive all that was read with it, and many small ones
    /// would cost many times what the window allows.
    func keep(_ bytes: ByteBuffer) {
        if let last = backlog.indices.last, backlog[last].readableBytes + bytes.readableBytes <= Self.keptPiece {
            backlog[last].writeImmutableBuffer(bytes)
        } else {
            var copy = ByteBuffer()
            copy.writeImmutableBuffer(bytes)
            backlog.append(copy)
        }
    }

    private static let keptPiece = 65_536

    /// Whether the caller of a streamed exchange has its head, and reads the rest on its own.
    var isCommitted: Bool { receiver.isStreamed && receiver.head != nil }

    /// When the exchange has waited too long; nil while nothing is awaited.
    var dueTime: NIODeadline? {
        if isCommitted {
            // While a reader does not read, the peer is not to blame for the silence. What came already is due at once.
            let isAwaited = receiver.stream.isWaiting || pendingWrites > 0
            return isOpen && isAwaited ? lastProgress + idleLimit : nil
        }
        guard isOpen else { return nil }
        switch machine.request {
        case .waitingForContinue(let until) where !machine.hasHead: return min(until, exchange.deadline)
        // The caller's own writer is what is waited for.
        case .sendingBody where pendingWrites == 0: return exchange.deadline
        case .waitingForContinue, .sendingBody, .sent: return min(lastProgress + idleLimit, exchange.deadline)
        }
    }
}
#endif
