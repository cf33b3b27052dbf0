import AsyncHTTPClient
import BenchSupport
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// AsyncHTTPClient's asynchronous API: HTTP/1.1 for `http`, HTTP/2 for `https`.
struct AHCMode: Mode {
    static let name = "ahc"

    private let group: MultiThreadedEventLoopGroup
    private let client: HTTPClient
    private let request: HTTPClientRequest
    private let plan: Plan

    init(_ plan: Plan) throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = plan.concurrency
        if let certificateAuthority = plan.certificateAuthority {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(certificateAuthority)
            configuration.tlsConfiguration = tls
        }
        // One loop, as the bare clients have.
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        client = HTTPClient(eventLoopGroup: group, configuration: configuration)

        var request = HTTPClientRequest(url: plan.target.url)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Authorization", value: "Bearer \(plan.bearerToken)")
        self.request = request
        self.plan = plan
    }

    func run(_ requests: Int) throws -> Int {
        try waitForTask { [client, request, plan] in
            await sumInTasks(shares(of: requests, among: plan.concurrency)) { share in
                await countBad(client, request, http2: plan.target.isSecure, times: share)
            }
        }
    }

    func shutdown() throws {
        try client.syncShutdown()
        try group.syncShutdownGracefully()
    }
}

private func countBad(
    _ client: HTTPClient, _ request: HTTPClientRequest, http2: Bool, times: Int
) async -> Int {
    var bad = 0
    for _ in 0..<times {
        do {
            let response = try await client.execute(request, timeout: .seconds(30))
            let body = try await response.body.collect(upTo: 1 << 20)
            // A silent fall-back to HTTP/1.1 would be measured as HTTP/2.
            let expected = response.version.major == (http2 ? 2 : 1)
            if response.status != .ok || body.readableBytes == 0 || !expected { bad += 1 }
        } catch {
            bad += 1
        }
    }
    return bad
}
