#if NIO
import HTTPTypes
import Testing
import TesseraCore

@testable import TesseraNIO

/// Flow control (RFC 9113 §5.2), honest and otherwise.
@Suite(.wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"), .timeLimit(.minutes(2)))
struct HTTP2WindowTests {
    @Test func aWindowOfZeroHoldsTheBodyBackUntilTheDeadline() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start([Setting.initialWindowSize: 0])
            while true {
                let request = try await connection.nextRequest()
                if request.endsStream { try await connection.answer(request.stream) }
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                // SETTINGS have come when an answer has.
                #expect(try await transport.send(server.request()).text == "ok")
                let body = OutgoingBody.bytes([UInt8](repeating: 0x78, count: 100_000))
                let failure = try await failure(within: .seconds(2)) {
                    try await transport.send(server.request(method: .post, body: body, within: .milliseconds(400)))
                }
                #expect(failure.kind == .timeout)
                #expect(failure.progress.isSent)
                #expect(server.log.dataBytes.values.reduce(0, +) == 0)
                #expect(try await transport.send(server.request()).text == "ok")
            }
        }
    }

    @Test func aWindowOfZeroSuspendsTheWriter() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start([Setting.initialWindowSize: 0])
            while true {
                let request = try await connection.nextRequest()
                if request.endsStream { try await connection.answer(request.stream) }
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                #expect(try await transport.send(server.request()).text == "ok")
                let written = Counter()
                let body = OutgoingBody.stream(length: nil) { writer in
                    for _ in 0..<4096 {
                        try await writer.write([UInt8](repeating: 0x78, count: 16_384))
                        written.add(16_384)
                    }
                }
                let task = Task { try await transport.send(server.request(method: .post, body: body)) }
                try await Task.sleep(for: .milliseconds(400))
                #expect(written.count < 4_194_304, "a writer suspended after less than 4 MB")
                task.cancel()
                let failure = try await failure(within: .seconds(1)) { try await task.value }
                #expect(failure.kind == .cancelled)
            }
        }
    }

    @Test(arguments: [1, 7, 100])
    func tinyWindowsDeliverTheBodyIntact(step: UInt32) async throws {
        let sent = (0..<Int(step) * 40).map { UInt8(truncatingIfNeeded: $0) }
        try await FrameServer.withRunning { connection in
            try await connection.start([Setting.initialWindowSize: step])
            while true {
                let request = try await connection.nextRequest()
                guard !request.endsStream else {
                    try await connection.answer(request.stream)
                    continue
                }
                let body = try await connection.readBody(of: request.stream)
                try await connection.answer(request.stream, [], body == sent ? "intact" : "broken")
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                #expect(try await transport.send(server.request()).text == "ok")
                #expect(try await transport.send(server.request(method: .post, body: .bytes(sent))).text == "intact")
                let body = OutgoingBody.stream(length: nil) { try await $0.write(sent) }
                #expect(try await transport.send(server.request(method: .put, body: body)).text == "intact")
                let largest = server.log.frames.filter { $0.frame.kind == RawFrame.Kind.data }.count
                #expect(largest >= 2)
            }
        }
    }

    /// RFC 9113 §6.9.2: a window may become negative, and nothing is sent until it is not.
    @Test func aWindowThatShrinksBelowZeroHoldsTheBodyBack() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start([Setting.initialWindowSize: 1000])
            while true {
                let request = try await connection.nextRequest()
                guard !request.endsStream else {
                    try await connection.answer(request.stream)
                    continue
                }
                var count = 0
                while count < 1000, let frame = try await connection.next() {
                    if frame.kind == RawFrame.Kind.data { count += frame.payload.count }
                }
                try await connection.send(.settings([Setting.initialWindowSize: 0]), .windowUpdate(request.stream, 900))
                try await Task.sleep(for: .milliseconds(200))
                // The window is at -100 now; 101 more make it 1.
                try await connection.send(.windowUpdate(request.stream, 101))
                while count < 1001, let frame = try await connection.next() {
                    if frame.kind == RawFrame.Kind.data { count += frame.payload.count }
                }
                try await Task.sleep(for: .milliseconds(100))
                try await connection.answer(request.stream, [], "counted \(count)")
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                #expect(try await transport.send(server.request()).text == "ok")
                let body = OutgoingBody.bytes([UInt8](repeating: 0x78, count: 5000))
                let reply = try await transport.send(server.request(method: .post, body: body))
                #expect(reply.text == "counted 1001")
                #expect(server.log.dataBytes.values.reduce(0, +) == 1001)
            }
        }
    }

    /// A slow reader holds up its own stream and nobody else's.
    @Test func aReaderThatStopsBoundsItsStreamAndLeavesTheOthersAlone() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            var window = 65_535
            var streamWindow = 65_535
            var endless: UInt32 = 0
            while true {
                if endless == 0 {
                    let request = try await connection.nextRequest()
                    guard request.path == "/endless" else {
                        try await connection.answer(request.stream)
                        continue
                    }
                    endless = request.stream
                    try await connection.send(.headers(endless, [(":status", "200")]))
                    for entry in connection.settingsSeen where entry.0 == Setting.initialWindowSize {
                        streamWindow = Int(entry.1)
                    }
                    window += connection.windowSeen[0] ?? 0
                    streamWindow += connection.windowSeen[endless] ?? 0
                    connection.windowSeen = [:]
                }
                let count = min(window, streamWindow, 16_384)
                if count > 0 {
                    try await connection.send(.data(endless, [UInt8](repeating: 0x78, count: count)))
                    connection.add(count)
                    window -= count
                    streamWindow -= count
                }
                guard count == 0 || connection.hasBytes else { continue }
                guard let frame = try await connection.next() else { return }
                if frame.kind == RawFrame.Kind.windowUpdate {
                    if frame.stream == 0 { window += Int(frame.word(at: 0)) }
                    if frame.stream == endless { streamWindow += Int(frame.word(at: 0)) }
                }
                if frame.kind == RawFrame.Kind.headers, frame.stream != endless {
                    try await connection.answer(frame.stream)
                    window -= 2
                }
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                try await transport.stream(server.request("/endless")) { stream in
                    _ = try await stream.nextChunk()
                    var last = -1
                    while last != server.log.tally {
                        last = server.log.tally
                        try await Task.sleep(for: .milliseconds(200))
                    }
                    #expect(last < 8_388_608, "\(last) bytes taken for a reader that does not read")
                    for _ in 0..<5 { #expect(try await transport.send(server.request("/other")).text == "ok") }
                    // Reading on opens the window again.
                    var read = 0
                    while read < last + 1_000_000, let chunk = try await stream.nextChunk() { read += chunk.count }
                    #expect(read >= last)
                }
                #expect(server.log.connections == 1)
            }
        }
    }

    /// RFC 9113 §6.9.1: more than the window is an error, of the stream or of the connection.
    @Test func moreThanTheWindowIsAnError() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            guard request.path == "/greedy" else {
                try await connection.answer(request.stream)
                return try await connection.serve()
            }
            try await connection.send(.headers(request.stream, [(":status", "200")]))
            for _ in 0..<4096 {
                try await connection.send(.data(request.stream, [UInt8](repeating: 0x78, count: 16_384)))
            }
            // A transport may take it for the stream's mistake only, and go on with the connection.
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                try await transport.stream(server.request("/greedy")) { stream in
                    _ = try await stream.nextChunk()
                    try await Task.sleep(for: .milliseconds(500))
                    let failure = try await failure {
                        while try await stream.nextChunk() != nil {}
                    }
                    #expect([.protocolViolation, .disconnected].contains(failure.kind), "\(failure)")
                }
                #expect(try await transport.send(server.request("/next")).text == "ok")
            }
        }
    }
}
#endif
