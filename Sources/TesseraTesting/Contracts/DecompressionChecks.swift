import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Content codings, for transports that undo them.
    static let decompressionChecks: [TransportCheck] = [
        decoded("gzip", Deflated.gzip(Deflated.stored(Array("hello world".utf8)))),
        decoded("deflate", Deflated.zlib(Deflated.stored(Array("hello world".utf8)))),
        TransportCheck(
            "a bomb of 10 MB of zeros in 66 KB exceeds the limit", requires: .decompression,
            server: { connection in
                while let request = try connection.readRequest() {
                    try connection.write(request.target == "/bomb" ? tenMegabytesOfZeros : Array(ok().utf8))
                }
            }
        ) { transport, server in
            // Made before the time runs.
            try require(
                tenMegabytesOfZeros.count < 100_000, "a small answer", saw: "\(tenMegabytesOfZeros.count) bytes")
            try await requireEnd(and: .seconds(4)) {
                try await requireFailure([.limitExceeded], phase: [.body], progress: .sent) {
                    try await transport.send(server.request("/bomb", limits: ResponseLimits(bodyBytes: 1_000_000)))
                }
            }
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck(
            "a body that expands to within the limit is delivered", requires: .decompression,
            server: { connection in
                while try connection.readRequest() != nil {
                    try connection.write(compressed("gzip", Deflated.gzip(Deflated.zeros(100_000))))
                }
            }
        ) { transport, server in
            let reply = try await transport.send(server.request(limits: ResponseLimits(bodyBytes: 100_000)))
            try require("the length of the body", reply.body.count, is: 100_000)
        },
        TransportCheck(
            "a body that is not what its coding says is an error", requires: .decompression,
            server: answeringFirst { connection in
                try connection.write(compressed("gzip", Array("this is no gzip".utf8)))
            }
        ) { transport, server in
            try await requireFailure([.protocolViolation], phase: [.body], progress: .sent) {
                try await transport.send(server.request())
            }
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck(
            "a compressed body that is cut is a disconnection", requires: .decompression,
            server: { connection in
                guard try connection.readRequest() != nil else { return }
                let answer = compressed("gzip", Deflated.gzip(Deflated.stored(Array("hello world".utf8))))
                try connection.write(Array(answer.dropLast(12)))
            }
        ) { transport, server in
            try await requireFailure([.disconnected], phase: [.body], progress: .sent) {
                try await transport.send(server.request())
            }
        },
    ]

    private static func decoded(_ coding: String, _ body: [UInt8]) -> TransportCheck {
        TransportCheck(
            "\(coding) is decoded", requires: .decompression,
            server: { connection in
                while try connection.readRequest() != nil { try connection.write(compressed(coding, body)) }
            }
        ) { transport, server in
            try require("the body", try await transport.send(server.request()).text, is: "hello world")
            let streamed = try await transport.stream(server.request()) { try await $0.collected() }
            try require("the streamed body", streamed, is: Array("hello world".utf8))
        }
    }

    private static let tenMegabytesOfZeros = compressed("gzip", Deflated.gzip(Deflated.zeros(10_485_760)))

    private static func compressed(_ coding: String, _ body: [UInt8]) -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}
