#if NIO
import NIOCore

/// What a ``ConnectionGroup`` knows of one connection. Plain data: it is copied at each request.
struct ConnectionRecord {
    enum Use {
        case connecting
        case idle(since: NIODeadline)
        case busy
        /// HTTP/2: streams in use and how many there may be; idle since, if none is in use.
        case multiplexed(streams: Int, limit: Int, idleSince: NIODeadline?)
    }

    let number: UInt64
    var use: Use
    var loop: ObjectIdentifier?
    var since: NIODeadline
    /// Takes no new request: GOAWAY, `Connection: close`, or too old.
    var isDraining = false
    /// Has carried a request already: may be stale.
    var isUsed = false

    var idleSince: NIODeadline? {
        switch use {
        case .idle(let since): since
        case .multiplexed(_, _, let since): since
        case .connecting, .busy: nil
        }
    }
}
#endif
