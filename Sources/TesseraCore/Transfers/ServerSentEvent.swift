/// One event of a `text/event-stream` (WHATWG HTML §9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// The type; `message` where the stream names none.
    public var type: String
    /// The data; several lines are joined by line feeds.
    public var data: String
    /// The last id that the stream has named so far; empty for none.
    public var id: String

    /// An event of the given parts.
    public init(type: String = "message", data: String, id: String = "") {
        self.type = type
        self.data = data
        self.id = id
    }
}

/// Takes the bytes of an event stream in pieces of any size and yields its events (WHATWG HTML §9.2.6).
struct ServerSentEventParser: Sendable {
    /// The most of one line and of one event's data, in bytes.
    static let longestLine = 1_048_576
    static let longestData = 4_194_304
    static let longestRetry = Int64(86_400_000)

    /// Whether a line or an event was too long; nothing comes after the events before it.
    private(set) var isTooLong = false
    /// What the stream asked to wait before a reconnection.
    private(set) var retry: Duration?
    /// The id to go on from.
    private(set) var lastEventID: String

    private var line: [UInt8] = []
    private var endsWithCarriageReturn = false
    private var isAtStart = true
    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var id: String

    init(lastEventID: String = "") {
        self.lastEventID = lastEventID
        id = lastEventID
    }

    /// The events that are complete with these bytes. What an ended stream leaves unfinished is no event.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [ServerSentEvent] {
        guard !isTooLong else { return [] }
        var events: [ServerSentEvent] = []
        var rest = bytes
        if endsWithCarriageReturn, let first = rest.first {
            endsWithCarriageReturn = false
            if first == 0x0A { rest = rest.dropFirst() }
        }
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            guard fits(line.count + (end - rest.startIndex), Self.longestLine) else { return events }
            line += rest[..<end]
            if let event = endLine() { events.append(event) }
            guard !isTooLong else { return events }
            let isReturn = rest[end] == 0x0D
            rest = rest[(end + 1)...]
            guard isReturn else { continue }
            if rest.first == 0x0A {
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                endsWithCarriageReturn = true
            }
        }
        if fits(line.count + rest.count, Self.longestLine) { line += rest }
        return events
    }

    private mutating func fits(_ count: Int, _ longest: Int) -> Bool {
        isTooLong = isTooLong || count > longest
        return !isTooLong
    }

    private mutating func endLine() -> ServerSentEvent? {
        var text = line[...]
        defer { line.removeAll(keepingCapacity: true) }
        if isAtStart {
            isAtStart = false
            if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        }
        guard !text.isEmpty else { return dispatch() }
        guard text.first != UInt8(ascii: ":") else { return nil }
        let colon = text.firstIndex(of: UInt8(ascii: ":"))
        let name = text[..<(colon ?? text.endIndex)]
        var value = colon.map { text[($0 + 1)...] } ?? []
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: name, as: UTF8.self) {
        case "data":
            guard fits(data.count + value.count, Self.longestData) else { return nil }
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        case "event": type = String(decoding: value, as: UTF8.self)
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case "retry":
            guard !value.isEmpty, value.allSatisfy(\.isDigit) else { return nil }
            let wait = Int64(String(decoding: value, as: UTF8.self)) ?? .max
            retry = .milliseconds(min(wait, Self.longestRetry))
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        lastEventID = id
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            type = ""
        }
        // "If the data buffer is an empty string": one empty data line leaves a line feed in the RFC's buffer, which is
        // not empty, and so is an event without data.
        guard hasData else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self), id: id)
    }
}

extension ResponseBody {
    /// The body as server-sent events. Can be iterated once, inside the stream's scope.
    public var events: Events { Events(body: self) }

    /// The events of a body.
    public struct Events: AsyncSequence {
        /// An event.
        public typealias Element = ServerSentEvent

        let body: ResponseBody
        var lastEventID = ""

        /// Begins the iteration.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(nextChunk: body.nextChunk, parser: ServerSentEventParser(lastEventID: lastEventID))
        }

        /// Iterates over events.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let nextChunk: () async throws -> ArraySlice<UInt8>?
            private(set) var parser: ServerSentEventParser
            private var ready: ArraySlice<ServerSentEvent> = []

            init(nextChunk: @escaping () async throws -> ArraySlice<UInt8>?, parser: ServerSentEventParser) {
                self.nextChunk = nextChunk
                self.parser = parser
            }

            /// The next event; nil when the stream ends.
            ///
            /// - Throws: ``TesseraError``; with code ``TesseraError/Code/limitExceeded`` for a line above 1 MiB or data
            ///   above 4 MiB.
            public mutating func next() async throws -> ServerSentEvent? {
                while true {
                    if let event = ready.popFirst() { return event }
                    guard !parser.isTooLong else {
                        throw TesseraError(.limitExceeded, "an event of the stream is too long")
                    }
                    guard let chunk = try await nextChunk() else { return nil }
                    ready = parser.take(chunk)[...]
                }
            }
        }
    }
}
