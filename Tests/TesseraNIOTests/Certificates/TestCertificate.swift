#if NIO
import Foundation
import NIOSSL

/// A certificate and its key as PEM files.
struct TestCertificate: Sendable {
    var certificatePath: String
    var keyPath: String

    static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    var certificatePEM: [UInt8] {
        get throws { try TestCertificate.read(certificatePath) }
    }

    var keyPEM: [UInt8] {
        get throws { try TestCertificate.read(keyPath) }
    }

    /// Its pin as `openssl` computes it (RFC 7469 §2.4): base64 of SHA-256 of the SubjectPublicKeyInfo.
    func pin() throws -> String {
        let command = """
            openssl x509 -in '\(certificatePath)' -noout -pubkey | openssl pkey -pubin -outform DER \
            | openssl dgst -sha256 -binary | openssl enc -base64
            """
        return try TestProgram.run("sh", ["-c", command]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A server's TLS settings with this certificate.
    ///
    /// - Parameters:
    ///   - protocols: What it takes in ALPN, in its order.
    ///   - clientRoot: Asks for a client certificate issued by this root.
    func serverConfiguration(
        protocols: [String] = ["h2", "http/1.1"], clientRoot: String? = nil
    ) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificatePath).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem)))
        configuration.applicationProtocols = protocols
        if let clientRoot {
            configuration.trustRoots = .file(clientRoot)
            configuration.certificateVerification = .noHostnameVerification
        }
        return configuration
    }
}
#endif
