import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Requests through a proxy, here in clear text; with TLS they would need a certificate (CONNECT).
    static let proxyChecks: [TransportCheck] = [
        TransportCheck(
            "a request goes through its proxy, each with its own credential", requires: .proxies,
            server: { connection in
                while let request = try connection.readRequest() {
                    try connection.write(request.method == "CONNECT" ? "HTTP/1.1 200 Connected\r\n\r\n" : ok())
                }
            }
        ) { transport, server in
            guard let origin = Origin(scheme: .http, host: "nobody.invalid") else { return }
            let sealed = SealedFields([field("Authorization", "Bearer contract-token")])
            var request = TransportRequest.contract(origin, "/a%2Fb?c=d", sealed: sealed)
            request.proxy = ProxyServer(
                origin: server.origin,
                authorization: ProxyAuthorization(user: "user", password: Secret(bytes: Array("password".utf8))))
            try require("the body", try await transport.send(request).text, is: "ok")
            try requireProxied(server.log)
            _ = try await transport.send(server.request())
            try require(
                "Proxy-Authorization of a direct request",
                server.log.requests.last?.values(of: "Proxy-Authorization"), is: [])
        },
        TransportCheck("a proxy that cannot be reached is a failure, and nothing was sent", requires: .proxies) {
            transport in
            guard let origin = Origin(scheme: .http, host: "nobody.invalid"),
                let proxy = Origin(scheme: .http, host: "127.0.0.1", port: try RawServer.closedPort())
            else { return }
            var request = TransportRequest.contract(origin)
            request.proxy = ProxyServer(origin: proxy)
            try await requireFailure(
                [.proxy, .unreachable], phase: [.proxy, .connect], progress: .nothingSent
            ) {
                try await transport.send(request)
            }
        },
    ]

    /// Absolute form and a tunnel are both right (RFC 9112 §3.2.2 and §3.2.3), but each credential has its place.
    private static func requireProxied(_ log: RawServer.Log) throws {
        guard let first = log.requests.first, let last = log.requests.last, log.requests.count <= 2 else {
            throw ContractViolation(expected: "one request, or CONNECT and one", seen: "\(log.requests.count)")
        }
        let hasTunnel = log.requests.count == 2
        if hasTunnel {
            try require("the tunnel", first.requestLine, is: "CONNECT nobody.invalid:80 HTTP/1.1")
            try require("Authorization of the tunnel", first.values(of: "Authorization"), is: [])
            try require(
                "Proxy-Authorization within the tunnel", last.values(of: "Proxy-Authorization"), is: [])
        }
        try require(
            "Proxy-Authorization", first.values(of: "Proxy-Authorization"), is: ["Basic dXNlcjpwYXNzd29yZA=="])
        try require("the target", last.target, is: (hasTunnel ? "" : "http://nobody.invalid") + "/a%2Fb?c=d")
        try require("Host", last.values(of: "Host"), is: ["nobody.invalid"])
        try require("Authorization", last.values(of: "Authorization"), is: ["Bearer contract-token"])
    }
}
