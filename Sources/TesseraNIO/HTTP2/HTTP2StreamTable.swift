#if NIO
import NIOHTTP2

/// The streams of a connection, in the order of their numbers, which is that of their beginning.
///
/// An array: a connection has few streams at once, and the binary search of a few references beats hashing.
struct HTTP2StreamTable {
    private var streams: ContiguousArray<HTTP2Stream> = []
    /// Streams that the peer counts; the others are still being read.
    private(set) var openCount = 0

    /// All streams, for a loop that changes the table.
    var all: ContiguousArray<HTTP2Stream> { streams }
    var isEmpty: Bool { streams.isEmpty }

    /// Adds a stream whose number is the highest.
    mutating func append(_ stream: HTTP2Stream) {
        streams.append(stream)
        openCount += 1
    }

    /// The stream of that number, if it is open.
    func open(_ id: HTTP2StreamID) -> HTTP2Stream? {
        guard let index = index(of: id) else { return nil }
        let stream = streams[index]
        return stream.isOpen ? stream : nil
    }

    func stream(of exchange: Exchange) -> HTTP2Stream? {
        streams.first { $0.exchange === exchange }
    }

    /// The peer counts the stream no longer. Returns false if that was known.
    mutating func close(_ stream: HTTP2Stream) -> Bool {
        guard stream.isOpen else { return false }
        stream.isOpen = false
        openCount -= 1
        return true
    }

    mutating func remove(_ stream: HTTP2Stream) {
        guard let index = index(of: stream.id) else { return }
        if stream.isOpen { openCount -= 1 }
        stream.isOpen = false
        streams.remove(at: index)
    }

    private func index(of id: HTTP2StreamID) -> Int? {
        var low = 0
        var high = streams.count
        while low < high {
            let middle = (low + high) / 2
            let candidate = streams[middle].id
            if candidate == id { return middle }
            if candidate < id { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
#endif
