#if NIO
import Testing
import TesseraCore

@testable import TesseraNIO

/// Frames without end (CVE-2019-9511 to 9518, CVE-2023-44487, CVE-2024-27316): the request ends in bounded time, memory
/// stays bounded, and the transport goes on with a new connection.
@Suite(.wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"), .serialized, .timeLimit(.minutes(3)))
struct HTTP2FloodTests {
    struct Flood: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Frames that are sent over and over.
        let frames: @Sendable (UInt32) -> [RawFrame]
        /// What comes once before them.
        var first: @Sendable (UInt32) -> [RawFrame] = { _ in [] }
        /// Whether the server reads what the client answers.
        var reads = true

        init(
            _ name: String, reads: Bool = true, first: @escaping @Sendable (UInt32) -> [RawFrame] = { _ in [] },
            _ frames: @escaping @Sendable (UInt32) -> [RawFrame]
        ) {
            (testDescription, self.reads, self.first, self.frames) = (name, reads, first, frames)
        }
    }

    private static let openHeaders: @Sendable (UInt32) -> [RawFrame] = {
        [.headers($0, [(":status", "200")], flags: 0)]
    }

    static let floods: [Flood] = [
        Flood("empty CONTINUATION", first: openHeaders) { [RawFrame(kind: RawFrame.Kind.continuation, stream: $0)] },
        Flood("CONTINUATION of 1 byte", first: openHeaders) {
            [RawFrame(kind: RawFrame.Kind.continuation, stream: $0, payload: [0x88])]
        },
        Flood("CONTINUATION of 16 KB", first: openHeaders) {
            let fields = Array(repeating: ("x-a", String(repeating: "x", count: 120)), count: 120)
            return [
                RawFrame(
                    kind: RawFrame.Kind.continuation, stream: $0, payload: HeaderBlock.literals(fields))
            ]
        },
        Flood("PING that nobody reads", reads: false) { _ in [.ping()] },
        Flood("PING") { _ in [.ping()] },
        Flood("SETTINGS that nobody reads", reads: false) { _ in [.settings([Setting.initialWindowSize: 65_535])] },
        Flood("SETTINGS") { _ in [.settings([Setting.initialWindowSize: 65_535])] },
        Flood("empty SETTINGS") { _ in [.settings()] },
        Flood("empty DATA", first: { [.headers($0, [(":status", "200")])] }) { [.data($0, [])] },
        Flood("padding only", first: { [.headers($0, [(":status", "200")])] }) {
            [
                RawFrame(
                    kind: RawFrame.Kind.data, flags: RawFrame.Flag.padded, stream: $0,
                    payload: [255] + [UInt8](repeating: 0, count: 255))
            ]
        },
        Flood("PRIORITY") { [RawFrame(kind: RawFrame.Kind.priority, stream: $0, payload: [0, 0, 0, 0, 1])] },
        Flood("WINDOW_UPDATE") { _ in [.windowUpdate(0, 1)] },
        Flood("unknown frames") { [RawFrame(kind: 0xEE, stream: $0, payload: [UInt8](repeating: 1, count: 1000))] },
        Flood("resets of a closed stream", first: { [.headers($0, [(":status", "200")])] }) { [.reset($0, 8)] },
        Flood("informational heads") { [.headers($0, [(":status", "103"), ("link", "</a>")])] },
        Flood("trailers without end", first: { [.headers($0, [(":status", "200")])] }) {
            [.headers($0, [("x-trailer", "1")])]
        },
        Flood("GOAWAY") { [.goAway(last: $0)] },
    ]

    @Test(arguments: floods)
    func isSurvived(flood: Flood) async throws {
        let before = ProcessMemory.resident()
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            guard request.path == "/flood" else {
                try await connection.answer(request.stream)
                return try await connection.serve()
            }
            for frame in flood.first(request.stream) { try await connection.send(frame) }
            let piece = flood.frames(request.stream).flatMap(\.bytes)
            let burst = (0..<max(1, 65_536 / max(1, piece.count))).flatMap { _ in piece }
            if !flood.reads { connection.isPolite = false }
            // What a transport takes without complaint it has to work through: 1 MB of small frames is seconds of that in
            // a debug build, and the next request on a connection that was kept stands behind it.
            for _ in 0..<16 { try await connection.send(bytes: burst) }
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure(within: .seconds(6)) {
                    try await transport.send(server.request("/flood", within: .seconds(3)))
                }
                #expect(
                    [.protocolViolation, .limitExceeded, .disconnected, .timeout].contains(failure.kind), "\(failure)")
                print("flood of \(flood.testDescription): \(failure)")
                #expect(failure.progress.isSent, "\(failure.progress)")
                // On a connection that was kept this waits until the last of the flood is read.
                let next = try await transport.send(server.request("/next", within: .seconds(25)))
                #expect(next.text == "ok")
            }
        }
        let grown = ProcessMemory.resident() - before
        #expect(grown < 400_000_000, "grown by \(grown) bytes; the server and other suites of the process are in it")
    }

    /// A field of 4 KB in the dynamic table costs one byte each time it is referred to.
    @Test(arguments: [1000, 16_000])
    func aBombOfIndexedFieldsExceedsTheLimit(times: Int) async throws {
        let before = ProcessMemory.resident()
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            guard request.path == "/bomb" else { return try await connection.answer(request.stream) }
            let entry: [UInt8] =
                [0x40] + HeaderBlock.string(Array("x".utf8))
                + HeaderBlock.string([UInt8](repeating: 0x78, count: 4000))
            let bomb = [0x88] + entry + [UInt8](repeating: 0x80 | 62, count: times)
            let frame = RawFrame(
                kind: RawFrame.Kind.headers, flags: RawFrame.Flag.endHeaders | RawFrame.Flag.endStream,
                stream: request.stream, payload: Array(bomb.prefix(16_384)))
            try await connection.send(frame)
            try await connection.readToEnd()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure {
                    try await transport.send(server.request("/bomb", within: .seconds(3)))
                }
                #expect([.limitExceeded, .protocolViolation, .disconnected].contains(failure.kind), "\(failure)")
                #expect(try await transport.send(server.request("/next")).text == "ok")
            }
        }
        #expect(ProcessMemory.resident() - before < 100_000_000)
    }

    @Test(arguments: ["a field of 40 KB", "1,000 fields"])
    func aHeadAboveTheRequestsLimitsCostsThatRequestOnly(what: String) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            while true {
                let request = try await connection.nextRequest()
                guard request.path == "/long" else {
                    try await connection.answer(request.stream)
                    continue
                }
                let fields =
                    what == "1,000 fields"
                    ? (0..<1000).map { ("x-\($0)", "1") }
                    : (0..<4).map { ("x-\($0)", String(repeating: "x", count: 10_000)) }
                let block = HeaderBlock.literals([(":status", "200")] + fields)
                var rest = block[...]
                var isFirst = true
                while !rest.isEmpty {
                    let piece = rest.prefix(16_384)
                    rest = rest.dropFirst(piece.count)
                    try await connection.send(
                        RawFrame(
                            kind: isFirst ? RawFrame.Kind.headers : RawFrame.Kind.continuation,
                            flags: (rest.isEmpty ? RawFrame.Flag.endHeaders : 0)
                                | (isFirst ? RawFrame.Flag.endStream : 0),
                            stream: request.stream, payload: Array(piece)))
                    isFirst = false
                }
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let limits = ResponseLimits(headerBytes: 16_384, headerCount: 100)
                let failure = try await failure {
                    try await transport.send(server.request("/long", within: .seconds(3), limits: limits))
                }
                #expect(failure.kind == .limitExceeded, "\(failure)")
                #expect(failure.phase == .head)
                #expect(try await transport.send(server.request("/next")).text == "ok")
                #expect(server.log.connections == 1)
            }
        }
    }
}
#endif
