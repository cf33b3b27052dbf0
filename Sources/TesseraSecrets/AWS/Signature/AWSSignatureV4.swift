#if Secrets
public import HTTPTypes
public import TesseraCore

/// AWS Signature Version 4: a request is signed with a key that is derived from the secret for one day, one region and
/// one service. The secret itself is never sent.
///
/// A value and a pure function; ``AWSAuthenticator`` is what a session takes.
public struct AWSSignatureV4: Sendable, Hashable {
    /// How a path is encoded before it is signed.
    public enum PathEncoding: String, Sendable, Hashable {
        /// The path of the wire with each of its bytes encoded once more, without empty and dot segments: the rule for
        /// all services but S3.
        case twice
        /// The path of the wire: S3's rule, whose keys may hold empty and dot segments.
        case once
    }

    /// The service's name in signatures, for example `secretsmanager`.
    public var service: String
    /// The region, for example `eu-west-1`.
    public var region: String
    /// How the path is encoded. What the service needs unless you change it.
    public var pathEncoding: PathEncoding
    /// Whether the body's hash is sent as `x-amz-content-sha256` too, as S3 wants it.
    public var sendsPayloadHash: Bool
    /// Signs requests whose body is streamed without the body (`UNSIGNED-PAYLOAD`), over TLS only. Anyone who breaks TLS
    /// can then send another body. Only S3 accepts it; elsewhere, and when this is false, a streamed body is an error.
    public var allowsUnsignedPayload = false

    /// The rules of a service, those of S3 for the service `s3`.
    public init(service: String, region: String) {
        self.service = service
        self.region = region
        let isS3 = ["s3", "s3-outposts", "s3-object-lambda", "s3express"].contains(service)
        pathEncoding = isS3 ? .once : .twice
        sendsPayloadHash = isS3
    }

    /// The fields that sign a request, bound to nothing but its session's base origin.
    ///
    /// Every field of `head` is signed but those that intermediaries change (``unsignedFields``).
    ///
    /// - Parameters:
    ///   - head: The head as it will be sent, with its authority.
    ///   - body: The body as it will be sent.
    ///   - credentials: The key, and the session token where it has one.
    ///   - time: The time on the service's clock.
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` for a streamed
    ///   body, unless that may go unsigned.
    public func credential(
        for head: HTTPRequest, body: OutgoingBody, with credentials: AWSCredentials, at time: Timestamp
    ) throws -> Credential {
        let payloadHash = try payloadHash(of: body, isEncrypted: head.scheme == "https")
        let scope = AWSCredentialScope(time: time, region: region, service: service)
        var added = [HTTPField(name: .amzDate, value: scope.time)]
        if sendsPayloadHash { added.append(HTTPField(name: .amzContentSHA256, value: payloadHash)) }
        if let token = credentials.sessionToken {
            added.append(token.withExposedBytes { HTTPField(name: .amzSecurityToken, value: Array($0)) })
        }
        let names = Set(added.map(\.name.canonicalName))
        var fields = [AWSCanonicalRequest.Field(name: "host", value: (head.authority ?? "").utf8)]
        for field in head.headerFields where !names.contains(field.name.canonicalName) {
            guard !Self.unsignedFields.contains(field.name.canonicalName) else { continue }
            fields.append(AWSCanonicalRequest.Field(field))
        }
        fields += added.map(AWSCanonicalRequest.Field.init)
        let request = AWSCanonicalRequest(
            method: head.method.rawValue, target: head.path ?? "/", fields: fields, payloadHash: payloadHash,
            pathEncoding: pathEncoding)
        let signature = scope.signature(of: request, secret: credentials.secretAccessKey)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope.text), "
            + "SignedHeaders=\(request.signedHeaders), Signature=\(signature)"
        return Credential(fields: SealedFields([HTTPField(name: .authorization, value: authorization)] + added))
    }

    private func payloadHash(of body: OutgoingBody, isEncrypted: Bool) throws -> String {
        switch body {
        case .none: return AWSCredentialScope.payloadHash([])
        case .bytes(let bytes): return AWSCredentialScope.payloadHash(bytes)
        case .stream:
            guard allowsUnsignedPayload, isEncrypted else {
                throw TesseraError(
                    .misconfigured, "a streamed body cannot be signed for \(service)",
                    remedy: "send it as bytes; allowsUnsignedPayload sends it unsigned to S3, over https only")
            }
            return "UNSIGNED-PAYLOAD"
        }
    }

    /// The fields that are not signed, because a proxy may add, change or drop them on the way.
    public static let unsignedFields: Set<String> = [
        "accept-encoding", "authorization", "cache-control", "connection", "cookie", "expect", "forwarded", "host",
        "keep-alive", "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "via", "x-amzn-trace-id", "x-forwarded-for",
        "x-forwarded-host", "x-forwarded-proto",
    ]
}

extension AWSCanonicalRequest.Field {
    init(_ field: HTTPField) {
        self.init(name: field.name.canonicalName, value: field.withUnsafeBytesOfValue { Array($0) })
    }
}
#endif
