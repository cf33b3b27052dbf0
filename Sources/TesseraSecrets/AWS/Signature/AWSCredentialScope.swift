#if Secrets
import Crypto
package import TesseraCore

/// Where and when a signature holds: one day, one region, one service.
package struct AWSCredentialScope: Sendable, Hashable {
    /// The time of the signature in the basic form of ISO 8601.
    package var time: String
    /// The region.
    package var region: String
    /// The service.
    package var service: String

    package init(time: Timestamp, region: String, service: String) {
        self.time = AWSTime.basic(time)
        self.region = region
        self.service = service
    }

    private var date: String { String(time.prefix(8)) }

    /// The scope as it stands in a credential.
    package var text: String { "\(date)/\(region)/\(service)/aws4_request" }

    /// "Create a string to sign".
    package func stringToSign(_ request: AWSCanonicalRequest) -> String {
        "AWS4-HMAC-SHA256\n\(time)\n\(text)\n\(Self.hexadecimal(SHA256.hash(data: request.bytes)))"
    }

    /// "Derive a signing key": it holds for this scope only.
    func signingKey(of secret: Secret) -> SymmetricKey {
        var key = secret.withExposedBytes { SymmetricKey(data: Array("AWS4".utf8) + Array($0)) }
        for part in [date, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return key
    }

    /// "Calculate the signature", in lower-case hexadecimal.
    package func signature(of request: AWSCanonicalRequest, secret: Secret) -> String {
        let text = Array(stringToSign(request).utf8)
        return Self.hexadecimal(HMAC<SHA256>.authenticationCode(for: text, using: signingKey(of: secret)))
    }

    /// The body's hash as it stands in a canonical request.
    package static func payloadHash(_ body: [UInt8]) -> String {
        hexadecimal(SHA256.hash(data: body))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Hexadecimal.encode(Array(bytes), digits: "0123456789abcdef"), as: UTF8.self)
    }
}
#endif
