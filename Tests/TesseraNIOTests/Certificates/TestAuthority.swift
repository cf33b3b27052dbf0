#if NIO
import Foundation

/// A certification authority of its own in a temporary folder, made by the `openssl` command; the folder goes with it.
final class TestAuthority: Sendable {
    /// What kind of leaf is made.
    enum Purpose: String {
        case server = "serverAuth"
        case client = "clientAuth"
    }

    /// Whether `openssl` is there. Without it tests are skipped, but never in CI, where the program must be.
    static let isAvailable: Bool = {
        if TestProgram.path(of: "openssl") != nil { return true }
        guard ProcessInfo.processInfo.environment["CI"] == nil else { return true }
        print("skipped: tests with certificates need the openssl program")
        return false
    }()

    /// One for the whole run, removed at its end.
    static let shared: Result<TestAuthority, any Error> = {
        atexit {
            if case .success(let authority) = TestAuthority.shared { authority.remove() }
        }
        return Result { try TestAuthority() }
    }()

    /// The folder of every file.
    let folder: String
    /// The root certificate, PEM.
    let rootPath: String
    private let rootKeyPath: String

    /// Makes a new root.
    init(name: String = "Tessera Test Root") throws {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-ca-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        folder = base.path
        rootPath = "\(folder)/root.pem"
        rootKeyPath = "\(folder)/root.key"
        try selfSign(rootPath, rootKeyPath, ["-subj", "/CN=\(name)", "-addext", "basicConstraints=critical,CA:true"])
    }

    deinit {
        remove()
    }

    private func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The root certificate's bytes, PEM.
    var rootPEM: [UInt8] {
        get throws { try TestCertificate.read(rootPath) }
    }

    /// A leaf issued by this root.
    ///
    /// - Parameters:
    ///   - name: Subject common name and name of the files.
    ///   - names: Subject alternative names as openssl writes them, `DNS:localhost` or `IP:127.0.0.1`; none if empty.
    ///   - days: How long it is valid from now; -1 makes one that expired a day ago.
    ///   - passphrase: Encrypts the key's file (PKCS #8, AES-256).
    func issue(
        _ name: String, names: [String] = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"], days: Int = 2,
        purpose: Purpose = .server, passphrase: String? = nil
    ) throws -> TestCertificate {
        let stem = "\(folder)/\(name)-\(UUID().uuidString.prefix(8))"
        let leaf = TestCertificate(certificatePath: "\(stem).pem", keyPath: "\(stem).key")
        var request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=\(name)"]
        request += passphrase.map { ["-passout", "pass:\($0)"] } ?? ["-nodes"]
        try TestProgram.run("openssl", request + ["-keyout", leaf.keyPath, "-out", "\(stem).csr"])
        var extensions = "extendedKeyUsage=\(purpose.rawValue)\n"
        if !names.isEmpty { extensions += "subjectAltName=\(names.joined(separator: ","))\n" }
        try Data(extensions.utf8).write(to: URL(fileURLWithPath: "\(stem).ext"))
        try TestProgram.run(
            "openssl",
            [
                "x509", "-req", "-in", "\(stem).csr", "-CA", rootPath, "-CAkey", rootKeyPath, "-CAcreateserial",
                "-CAserial", "\(stem).srl", "-days", "\(days)", "-extfile", "\(stem).ext", "-out",
                leaf.certificatePath,
            ])
        return leaf
    }

    /// A leaf that nobody issued but itself.
    func selfSigned(_ name: String, names: [String] = ["DNS:localhost", "IP:127.0.0.1"]) throws -> TestCertificate {
        let stem = "\(folder)/\(name)-\(UUID().uuidString.prefix(8))"
        let leaf = TestCertificate(certificatePath: "\(stem).pem", keyPath: "\(stem).key")
        let alternative = "subjectAltName=\(names.joined(separator: ","))"
        try selfSign(leaf.certificatePath, leaf.keyPath, ["-subj", "/CN=\(name)", "-addext", alternative])
        return leaf
    }

    private func selfSign(_ certificate: String, _ key: String, _ rest: [String]) throws {
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try TestProgram.run(
            "openssl", ["req", "-x509"] + curve + ["-days", "2", "-keyout", key, "-out", certificate] + rest)
    }
}
#endif
