#if NIO
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// A streamed body has no longest length, so that a bomb in it is known by its ratio only (threat B9).
@Suite struct DecompressionRatioTests {
    private static func length(_ zeros: Int, ratio: Int? = nil) async throws -> Int {
        let body = try [UInt8](repeating: 0, count: zeros).gzipped()
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
        return try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil { try connection.write(Array(head.utf8) + body) }
        } body: { server in
            try await withTransport(NIOTransport()) { transport in
                let api = try Session("\(server.origin)", transport: transport) {
                    $0.proxy = .none
                    if let ratio { $0.limits.decompressionRatio = ratio }
                }
                return try await api.stream(.get, "/") { reply in
                    var count = 0
                    for try await chunk in reply.body { count += chunk.count }
                    return count
                }
            }
        }
    }

    @Test func `a bomb ends with an error`() async throws {
        let error = await #expect(throws: TesseraError.self) { try await Self.length(8_000_000) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `a short body may grow as it likes, and a long one as far as it is told`() async throws {
        #expect(try await Self.length(1_000_000) == 1_000_000)
        #expect(try await Self.length(8_000_000, ratio: 2000) == 8_000_000)
    }
}
#endif
