#if NIO
/// How much of a window's bytes were used up here and not given back yet (RFC 9113 §5.2). A value.
struct HTTP2ReceiveWindow {
    private let size: Int
    private var owed = 0

    init(size: Int) {
        self.size = size
    }

    /// Bytes are done with. Returns how many to give back now: half a window at a time, so that few frames are sent and
    /// the peer never waits for one.
    mutating func consume(_ count: Int) -> Int? {
        owed += count
        guard owed > size / 2 else { return nil }
        defer { owed = 0 }
        return owed
    }

    /// What to give back on a connection whose window is down to `left` bytes.
    static func refill(left: Int, size: Int) -> Int? {
        left < size / 2 ? size - left : nil
    }
}
#endif
