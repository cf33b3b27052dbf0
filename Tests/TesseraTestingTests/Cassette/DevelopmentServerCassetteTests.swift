#if CLI && NIO
import Foundation
import HTTPTypes
import TesseraCore
import TesseraDevServer
import TesseraNIO
import TesseraOAuth
import TesseraSwiftTesting
import TesseraTesting
import Testing

/// A cassette of the development server: live tokens, and behind it a gateway that repeats what it was sent, in every
/// encoding of the list, and compresses everything.
@Suite(.serialized) struct `A cassette of the development server` {
    /// Compresses each answer with `gzip`; the answers of `/data` become what the gateway saw.
    struct Gateway: Transport {
        let next: NIOTransport
        var capabilities: TransportCapabilities { [.provablyUnprocessed, .countsSentBytes] }

        func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
            var reply = try await next.send(request)
            if request.head.path == "/data" {
                let tokens = request.sealed.exposed.map { String($0.value.split(separator: " ").last ?? "") }
                let lines = tokens.flatMap { token in
                    SecretEncoding.allCases.flatMap { SecretEncoding.allForms(of: Array(token.utf8), $0) }
                }
                reply.body = Array(lines.joined(separator: [10]))
                reply.head.headerFields[.contentType] = "text/plain"
            }
            reply.body = gzipped(reply.body)
            reply.head.headerFields[.contentEncoding] = "gzip"
            return reply
        }

        func stream<Result>(
            _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
        ) async throws -> Result { try await next.stream(request, consume) }

        func shutdown() async { await next.shutdown() }

        private func gzipped(_ bytes: [UInt8]) -> [UInt8] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["gzip", "-c"]
            let (source, sink) = (Pipe(), Pipe())
            process.standardInput = source
            process.standardOutput = sink
            guard (try? process.run()) != nil else { return [] }
            source.fileHandleForWriting.write(Data(bytes))
            try? source.fileHandleForWriting.close()
            defer { process.waitUntilExit() }
            return Array(sink.fileHandleForReading.readDataToEndOfFile())
        }
    }

    /// What the client of this test does; the same for recording and replay.
    private func visit(_ url: String, _ secret: Secret, _ transport: some Transport) async throws -> (Secret, [Int]) {
        var sizes: [Int] = []
        var last = Secret(bytes: [])
        for authentication in [ClientAuthentication.secretBasic(secret), .secretPost(secret)] {
            let login = try OAuthClient(
                issuer: url, id: "billing", authentication: authentication, tokenEndpoint: "\(url)/token",
                transport: transport)
            let tokens = login.clientCredentials(scope: ["read"])
            let api = try Session(url, auth: .oauth(tokens), transport: transport)
            sizes.append(try await api.get("/users/me").body.count)
            sizes.append(try await api.get("/data").body.count)
            last = try await tokens.accessToken().value
        }
        return (last, sizes)
    }

    /// Token answers must be readable to the client, so they go past the gateway.
    struct Fork: Transport {
        let gateway: Gateway
        var capabilities: TransportCapabilities { gateway.capabilities }

        func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
            request.head.path == "/token" ? try await gateway.next.send(request) : try await gateway.send(request)
        }

        func stream<Result>(
            _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
        ) async throws -> Result { try await gateway.stream(request, consume) }

        func shutdown() async { await gateway.shutdown() }
    }

    @Test(.timeLimit(.minutes(1))) func `holds no token and no secret in any encoding, and plays without the server`()
        async throws
    {
        let secret = Secret(String("client-secret/+" + UUID().uuidString))
        try await withFolder { folder in
            let server = DevelopmentServer(.init(clients: ["billing": secret.exposed]))
            var url = ""
            var recorded = 0
            let (token, sizes) = try await server.withRunning { running in
                url = running.primaryURL
                let transport = Fork(gateway: Gateway(next: try NIOTransport()))
                let result = try await Cassette.use("\(folder)/visit.json", recording: transport) { cassette in
                    let result = try await visit(url, secret, cassette)
                    recorded = cassette.recorded
                    return result
                }
                await transport.shutdown()
                return result
            }
            #expect(recorded == 6 && sizes.allSatisfy { $0 > 20 })
            let text = try written(below: folder)
            var leaks: [SecretEncoding] = []
            let pair = Secret(String("billing:" + secret.exposed))
            for hidden in [token, secret, pair] {
                if let encoding = Canary(hidden).leak(in: text) { leaks.append(encoding) }
            }
            #expect(leaks == [])
            let tags = String(decoding: text, as: UTF8.self).split(separator: "[secret:access_token-").count - 1
            #expect(tags >= 2 * SecretEncoding.allCases.count)
            print(
                "figure: cassette interactions \(recorded), encodings echoed \(SecretEncoding.allCases.count), "
                    + "tags of tokens \(tags), leaks \(leaks.count)")

            // The server is gone, and the secret is another one.
            try await Cassette.use("\(folder)/visit.json", mode: .none) { cassette in
                _ = try await visit(url, .fixture("quite-another-secret"), cassette)
                #expect(cassette.unplayed == [])
            }
        }
    }
}
#endif
