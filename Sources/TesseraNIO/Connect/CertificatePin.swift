#if NIO
import Crypto
import NIOSSL
public import TesseraCore

extension NIOTransport {
    /// A server's public key by its hash: base64 of SHA-256 of the SubjectPublicKeyInfo (RFC 7469 §2.4).
    public struct CertificatePin: Hashable, Sendable, CustomStringConvertible {
        /// The hash in base64.
        let text: String

        /// A pin from its text, with or without a leading `sha256/`, as this prints it:
        /// `openssl x509 -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64`.
        ///
        /// - Throws: ``TesseraError`` with code `misconfigured` when it is not the base64 of 32 bytes.
        public init(sha256 text: String) throws(TesseraError) {
            var text = text[...]
            if text.hasPrefix("sha256/") { text = text.dropFirst(7) }
            guard CertificatePin.isCanonical(text.utf8) else {
                throw TesseraError(
                    .misconfigured, "a certificate pin is not base64 of 32 bytes",
                    remedy:
                        "give base64 of SHA-256 of the server's SubjectPublicKeyInfo, 44 characters with = at the end"
                )
            }
            self.text = String(text)
        }

        /// The pin of the key whose SubjectPublicKeyInfo is given.
        init(subjectPublicKeyInfo bytes: [UInt8]) {
            text = String(decoding: Base64.encode(Array(SHA256.hash(data: bytes))), as: UTF8.self)
        }

        /// The pin of a certificate's key; only for certificates whose key TLS has used already.
        init(_ certificate: NIOSSLCertificate) throws {
            self.init(subjectPublicKeyInfo: try certificate.extractPublicKey().toSPKIBytes())
        }

        /// The hash, as `sha256/…`.
        public var description: String { "sha256/\(text)" }

        /// 43 characters and one `=`; the last character holds four bits, and others would name the same bytes twice.
        private static func isCanonical(_ text: Substring.UTF8View) -> Bool {
            guard text.count == 44, text.last == UInt8(ascii: "=") else { return false }
            let digits = text.dropLast()
            let isBase64 = digits.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
            return isBase64 && digits.last.map { "AEIMQUYcgkosw048".utf8.contains($0) } == true
        }
    }
}
#endif
