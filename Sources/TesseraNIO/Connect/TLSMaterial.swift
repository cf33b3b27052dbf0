#if NIO
import NIOSSL
import TesseraCore

/// The certificates and keys of a transport, read and parsed.
struct TLSMaterial: Sendable {
    /// nil for the system's.
    var roots: [NIOSSLCertificate]?
    var additionalRoots: [NIOSSLCertificate] = []
    var chain: [NIOSSLCertificate] = []
    var key: NIOSSLPrivateKey?
    /// What the client certificate's files looked like when they were read.
    var stamps: [SmallFile.Stamp] = []

    init(_ settings: NIOTransport.TLSSettings) throws(TesseraError) {
        switch settings.trustRoots {
        case .system, .insecureAnyCertificate: break
        case .pemFile(let path): roots = try Self.certificates(file: path, "the trust roots").certificates
        case .pem(let bytes): roots = try Self.certificates(bytes, "the trust roots")
        case .systemAndPEMFile(let path):
            additionalRoots = try Self.certificates(file: path, "the trust roots").certificates
        case .systemAndPEM(let bytes): additionalRoots = try Self.certificates(bytes, "the trust roots")
        }
        try load(settings.clientCertificate)
    }

    /// Replaces the client certificate; what is there stays if that fails.
    mutating func load(_ certificate: NIOTransport.TLSSettings.ClientCertificate?) throws(TesseraError) {
        switch certificate {
        case nil: break
        case .pemFiles(let chainPath, let keyPath, let passphrase):
            let leaf = try Self.certificates(file: chainPath, "the client certificate")
            let file = try Self.read(keyPath, "the key of the client certificate")
            let newKey = try Self.key(file.bytes, passphrase)
            (chain, key, stamps) = (leaf.certificates, newKey, [leaf.stamp, file.stamp])
        case .pem(let bytes, let secret, let passphrase):
            let leaf = try Self.certificates(bytes, "the client certificate")
            let newKey = try Self.key(secret.withExposedBytes { Array($0) }, passphrase)
            (chain, key) = (leaf, newKey)
        }
    }

    private static func read(_ path: String, _ what: String) throws(TesseraError) -> SmallFile {
        do {
            return try SmallFile(path: path)
        } catch {
            throw TesseraError(
                .misconfigured, "NIOTransport: \(what) cannot be read from \(path): \(error.reason)",
                remedy: "check the path and its permissions")
        }
    }

    private static func certificates(
        file path: String, _ what: String
    ) throws(TesseraError) -> (certificates: [NIOSSLCertificate], stamp: SmallFile.Stamp) {
        let file = try read(path, what)
        return (try certificates(file.bytes, "\(what) in \(path)"), file.stamp)
    }

    private static func certificates(_ bytes: [UInt8], _ what: String) throws(TesseraError) -> [NIOSSLCertificate] {
        // NIOSSL would trap on no bytes at all.
        if !bytes.isEmpty, let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty {
            return certificates
        }
        throw TesseraError(
            .misconfigured, "NIOTransport: \(what): there is no certificate in PEM, or a broken one",
            remedy: "give text with -----BEGIN CERTIFICATE-----")
    }

    private static func key(_ bytes: [UInt8], _ passphrase: Secret?) throws(TesseraError) -> NIOSSLPrivateKey {
        let passphraseBytes = passphrase?.withExposedBytes { Array($0) } ?? []
        // NIOSSL converts each byte to a signed one and traps on others.
        guard passphraseBytes.allSatisfy({ (1..<0x80).contains($0) }) else {
            throw TesseraError(
                .misconfigured, "NIOTransport: the passphrase of the client certificate's key is not ASCII",
                remedy: "encrypt the key with another passphrase: openssl pkcs8 -topk8")
        }
        if !bytes.isEmpty,
            let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem, passphraseCallback: { $0(passphraseBytes) })
        {
            return key
        }
        throw TesseraError(
            .misconfigured, "NIOTransport: the key of the client certificate cannot be read",
            remedy: passphrase == nil
                ? "give a key in PEM, and its passphrase if it is encrypted" : "check the key and its passphrase")
    }
}
#endif
