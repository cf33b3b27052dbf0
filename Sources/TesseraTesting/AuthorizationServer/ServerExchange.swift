import TesseraCore

/// A request as the server reads it, from whichever face it came.
struct ServerRequest {
    var method: String
    /// Without the query.
    var path: String
    var authorization: String?
    var body: [UInt8]
    /// The origin that the request went to.
    var origin: String

    var endpoint: HostileAuthorizationServer.Endpoint {
        switch path {
        case "/token": .token
        case "/revoke": .revocation
        case "/.well-known/oauth-authorization-server": .metadata
        default: .resource
        }
    }
}

/// An answer that is not on the wire yet.
struct ServerReply {
    var status: Int
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    init(status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    init(status: Int, fields: [String: String] = [:], json: JSONValue) {
        self.init(status: status, fields: fields, body: json.bytes)
        // RFC 6749 §5.1.
        self.fields["Content-Type"] = "application/json"
        self.fields["Cache-Control"] = "no-store"
    }
}

/// One request on its way through the steps of its fault.
struct ServerExchange {
    var number: Int
    var request: ServerRequest
    var steps: ArraySlice<HostileAuthorizationServer.Fault.Step>
    var reply: ServerReply?
    var dateSkew = Duration.zero

    /// What a face of the server has to do next.
    enum Action {
        case wait(Duration)
        case hold(String)
        case end(Ending)
    }

    /// How an exchange ends.
    enum Ending {
        case reply(ServerReply)
        case cut(ServerReply, bytes: Int)
        case dropped
        case refused
        /// Nobody ever answers.
        case silence
    }
}
