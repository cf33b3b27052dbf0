#if NIO
import NIOCore
import NIOHPACK

/// One connection to a ``FrameServer``, as its script sees it.
final class FrameConnection {
    /// What a client must not do.
    struct Objection: Error {
        let text: String
    }

    struct Ended: Error {}

    let number: Int
    /// Whether SETTINGS and PING of the client are acknowledged.
    var isPolite = true
    /// What the client said in SETTINGS, and how much it opened windows by, since that was looked at last.
    private(set) var settingsSeen: [(UInt16, UInt32)] = []
    var windowSeen: [UInt32: Int] = [:]
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let journal: FrameServer.Journal
    private var buffer = ByteBuffer()
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())

    init(
        number: Int, inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, journal: FrameServer.Journal
    ) {
        (self.number, self.inbound, self.outbound, self.journal) = (number, inbound, outbound, journal)
    }

    // MARK: Reading

    /// Reads the client's preface and sends SETTINGS.
    func start(_ settings: KeyValuePairs<UInt16, UInt32> = [:]) async throws {
        try await readPreface()
        try await send(.settings(settings))
    }

    func readPreface() async throws {
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        while buffer.readableBytes < preface.count {
            guard try await fill() else { throw Ended() }
        }
        guard buffer.readBytes(length: preface.count) == preface else { throw Objection(text: "no preface") }
    }

    /// The next frame; nil when the client has ended the connection.
    func next() async throws -> RawFrame? {
        while true {
            if let frame = parse() {
                journal.update { log in
                    let isData = frame.kind == RawFrame.Kind.data
                    if isData { log.dataBytes[frame.stream, default: 0] += frame.payload.count }
                    var kept = frame
                    if isData { kept.payload = [] }
                    log.frames.append((number, kept))
                }
                note(frame)
                try await acknowledge(frame)
                return frame
            }
            guard try await fill() else { return nil }
        }
    }

    private func note(_ frame: RawFrame) {
        switch frame.kind {
        case RawFrame.Kind.windowUpdate: windowSeen[frame.stream, default: 0] += Int(frame.word(at: 0))
        case RawFrame.Kind.settings:
            for offset in stride(from: 0, to: frame.payload.count - 5, by: 6) {
                let id = UInt16(frame.payload[offset]) << 8 | UInt16(frame.payload[offset + 1])
                settingsSeen.append((id, frame.word(at: offset + 2)))
            }
        default: break
        }
    }

    /// Whether something has come that was not looked at.
    var hasBytes: Bool { buffer.readableBytes >= 9 }

    /// Counts for the test.
    func add(_ amount: Int) {
        journal.update { $0.tally += amount }
    }

    /// The test says when to go on.
    func waitForSignal() async throws {
        while !journal.update({ $0.isSignalled }) { try await Task.sleep(for: .milliseconds(2)) }
    }

    private func acknowledge(_ frame: RawFrame) async throws {
        guard isPolite, !frame.has(RawFrame.Flag.ack) else { return }
        switch frame.kind {
        case RawFrame.Kind.settings: try await send(RawFrame(kind: RawFrame.Kind.settings, flags: RawFrame.Flag.ack))
        case RawFrame.Kind.ping: try await send(.ping(frame.payload, ack: true))
        default: break
        }
    }

    /// The next request's head; frames before it are passed over. Throws at the connection's end.
    func nextRequest() async throws -> FrameServer.Request {
        while let frame = try await next() {
            guard frame.kind == RawFrame.Kind.headers else { continue }
            var block = frame.payload
            if frame.has(RawFrame.Flag.padded), let padding = block.first {
                block = Array(block.dropFirst().dropLast(Int(padding)))
            }
            if frame.has(RawFrame.Flag.priority) { block = Array(block.dropFirst(5)) }
            var isWhole = frame.has(RawFrame.Flag.endHeaders)
            while !isWhole {
                guard let more = try await next() else { throw Ended() }
                guard more.kind == RawFrame.Kind.continuation, more.stream == frame.stream else {
                    throw Objection(text: "no CONTINUATION after HEADERS")
                }
                block += more.payload
                isWhole = more.has(RawFrame.Flag.endHeaders)
            }
            var bytes = ByteBuffer(bytes: block)
            let fields = try decoder.decodeHeaders(from: &bytes).map { (name: $0.name, value: $0.value) }
            let request = FrameServer.Request(
                connection: number, stream: frame.stream, fields: fields, block: block,
                endsStream: frame.has(RawFrame.Flag.endStream))
            journal.update { $0.requests.append(request) }
            return request
        }
        throw Ended()
    }

    /// Reads the DATA of a stream to its end, giving back what was received.
    func readBody(of stream: UInt32) async throws -> [UInt8] {
        var body: [UInt8] = []
        while let frame = try await next() {
            guard frame.kind == RawFrame.Kind.data, frame.stream == stream else { continue }
            body += frame.payload
            if frame.has(RawFrame.Flag.endStream) { return body }
            guard let count = UInt32(exactly: frame.payload.count), count > 0 else { continue }
            try await send(.windowUpdate(0, count), .windowUpdate(stream, count))
        }
        throw Ended()
    }

    /// Reads and logs until the client ends the connection.
    func readToEnd() async throws {
        while try await next() != nil {}
    }

    // MARK: Writing

    func send(_ frames: RawFrame...) async throws {
        try await send(bytes: frames.flatMap(\.bytes))
    }

    func send(bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// A whole answer.
    func answer(
        _ stream: UInt32, status: Int = 200, _ fields: [(String, String)] = [], _ body: String = "ok"
    ) async throws {
        try await send(
            .headers(stream, [(":status", "\(status)")] + fields, end: body.isEmpty))
        if !body.isEmpty { try await send(.data(stream, body, end: true)) }
    }

    /// Answers all requests to come with 200 and `ok`.
    func serve() async throws {
        while true {
            let request = try await nextRequest()
            try await answer(request.stream)
        }
    }

    // MARK: Bytes

    private func fill() async throws -> Bool {
        guard var bytes = try await inbound.next(isolation: #isolation) else {
            journal.update { _ = $0.closed.insert(number) }
            return false
        }
        buffer.writeBuffer(&bytes)
        return true
    }

    private func parse() -> RawFrame? {
        guard let head = buffer.getBytes(at: buffer.readerIndex, length: 9) else { return nil }
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        guard buffer.readableBytes >= 9 + length else { return nil }
        buffer.moveReaderIndex(forwardBy: 9)
        let stream = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let payload = buffer.readBytes(length: length) ?? []
        buffer.discardReadBytes()
        return RawFrame(kind: head[3], flags: head[4], stream: stream, payload: payload)
    }
}
#endif
