import HTTPTypes
import TesseraCore

extension TransportContract {
    /// What a request looks like on the wire.
    static let requestChecks: [TransportCheck] = [
        TransportCheck(
            "the request line, the query and the header fields arrive exactly as given", server: answering(ok())
        ) { transport, server in
            let fields = [
                field("X-One", "1"), field("x-two", "two  words"), field("X-One", "again"), field("Accept", "*/*"),
                field("X-Signs", "a=b; c=\"d\", e~!#$%&'*+-.^_`|"),
            ]
            _ = try await transport.send(server.request("/a/b?c=d&e=%20f", fields: fields))
            let request = try only(server.log)
            try require("the request line", request.requestLine, is: "GET /a/b?c=d&e=%20f HTTP/1.1")
            try require(
                "the header fields", request.givenFields, is: fields.map { RawField($0.name.rawName, $0.value) })
            try require("Host", request.values(of: "Host"), is: [server.origin.authority])
        },
        TransportCheck("an Accept-Encoding that was given stays as it is", server: answering(ok())) {
            transport, server in
            _ = try await transport.send(server.request(fields: [field("Accept-Encoding", "identity")]))
            try require("Accept-Encoding", try only(server.log).values(of: "Accept-Encoding"), is: ["identity"])
        },
        TransportCheck("a method of one's own arrives as it is", server: answering(ok())) { transport, server in
            guard let method = HTTPRequest.Method("QUERY") else { return }
            _ = try await transport.send(server.request(method: method))
            try require("the method", try only(server.log).method, is: "QUERY")
        },
        TransportCheck("a GET without a body announces none", server: answering(ok())) { transport, server in
            _ = try await transport.send(server.request())
            let request = try only(server.log)
            try require("Transfer-Encoding", request.values(of: "Transfer-Encoding"), is: [])
            try require(
                request.values(of: "Content-Length").allSatisfy { $0 == "0" }, "no Content-Length, or 0",
                saw: "\(request.values(of: "Content-Length"))")
        },
        TransportCheck(
            "sealed fields arrive exactly once, and the others unchanged", server: answering(ok())
        ) { transport, server in
            let open = [field("X-Open", "1")]
            let sealed = [field("Authorization", "Bearer contract-token"), field("X-Key", "k")]
            for (method, body) in [(HTTPRequest.Method.get, OutgoingBody.none), (.post, .bytes([1, 2, 3]))] {
                _ = try await transport.send(
                    server.request(method: method, fields: open, sealed: SealedFields(sealed), body: body))
            }
            for request in server.log.requests {
                try require("Authorization", request.values(of: "authorization"), is: ["Bearer contract-token"])
                try require("X-Key", request.values(of: "x-key"), is: ["k"])
                try require("X-Open", request.values(of: "x-open"), is: ["1"])
                try require("the number of fields", request.givenFields.count, is: 3)
            }
            _ = try await transport.send(server.request("/open", fields: open))
            try require(
                "the fields of a request without sealed ones on the same connection",
                server.log.requests.last?.givenFields ?? [], is: [RawField("X-Open", "1")])
        },
    ]

    /// Targets that URL parsers like to repair. What was signed, checked or escaped above must be what is sent.
    static let targetChecks: [TransportCheck] =
        [
            "/a//b//c", "//other.example/x", "///", "/a%2Fb", "/a%2fb", "/%2e%2e/%2E/x", "/a/../b/./c",
            "/a;b=c;d", "/a%7Cb?c=%7C", "/~user", "/a+b?c+d=%2B", "/@other.example/", "/:8080/x",
            "/x?y=http://z/?a=b", "/?", "/a?", "/?a&&b=&=c", "/%E2%82%AC?%C3%BC=%00", "/a:b@c!$&'()*,=",
            "/?x='();:@!*,$", "/?q=%5B%5D", "/long?" + String(repeating: "0123456789abcdef", count: 512),
        ].map { arrives($0, as: [$0]) } + [arrives("/?q=[]&ids[]=1", as: ["/?q=[]&ids[]=1", "/?q=%5B%5D&ids%5B%5D=1"])]

    /// - Parameter forms: The forms in which it may arrive: brackets are none of RFC 3986's characters of a query, so
    ///   that a transport may encode them.
    private static func arrives(_ target: String, as forms: [String]) -> TransportCheck {
        TransportCheck(
            "the target \(target.prefix(40)) arrives byte for byte, and where it should", server: answering(ok())
        ) { transport, server in
            _ = try await transport.send(server.request(target))
            let request = try only(server.log)
            try require(forms.contains(request.target), forms.joined(separator: " or "), saw: request.target)
            try require("Host", request.values(of: "Host"), is: [server.origin.authority])
        }
    }

    /// The one request there must be.
    static func only(_ log: RawServer.Log) throws -> RawRequest {
        guard let request = log.requests.first, log.requests.count == 1 else {
            throw ContractViolation(expected: "one request", seen: "\(log.requests.count)")
        }
        return request
    }

    static func field(_ name: String, _ value: String) -> HTTPField {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return HTTPField(name: name, value: value)
    }
}

extension RawRequest {
    /// The fields without those that a transport adds: to frame the message, and to say what it decodes.
    var givenFields: [RawField] {
        let added = ["host", "content-length", "transfer-encoding", "connection", "accept-encoding"]
        return fields.filter { !added.contains($0.name.lowercased()) }
    }
}
