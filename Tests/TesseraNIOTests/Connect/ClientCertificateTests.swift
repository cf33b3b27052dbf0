#if NIO
import Foundation
import NIOCore
import NIOSSL
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("Client certificates", .wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
struct ClientCertificateTests {
    private let authority: TestAuthority
    private let serverTLS: TLSConfiguration

    init() throws {
        authority = try TestAuthority.shared.get()
        serverTLS = try authority.issue("server").serverConfiguration(clientRoot: authority.rootPath)
    }

    private func configuration(
        _ certificate: NIOTransport.TLSSettings.ClientCertificate?
    ) -> NIOTransport.Configuration {
        var configuration = NIOTransport.Configuration()
        configuration.tls.trustRoots = .pemFile(authority.rootPath)
        configuration.tls.clientCertificate = certificate
        return configuration
    }

    @Test("the server sees the certificate, from files and from bytes, with and without a passphrase")
    func shows() async throws {
        let alice = try authority.issue("alice", names: [], purpose: .client)
        let bob = try authority.issue("bob", names: [], purpose: .client, passphrase: "correct horse")
        let passphrase = Secret(bytes: Array("correct horse".utf8))
        let rows: [(NIOTransport.TLSSettings.ClientCertificate, String)] = [
            (.pemFiles(chain: alice.certificatePath, key: alice.keyPath), "common_name=alice"),
            (.pem(chain: try alice.certificatePEM, key: Secret(bytes: try alice.keyPEM)), "common_name=alice"),
            (.pemFiles(chain: bob.certificatePath, key: bob.keyPath, passphrase: passphrase), "common_name=bob"),
            (
                .pem(chain: try bob.certificatePEM, key: Secret(bytes: try bob.keyPEM), passphrase: passphrase),
                "common_name=bob"
            ),
        ]
        try await GreetingServer.withRunning(tls: serverTLS) { server in
            for (certificate, subject) in rows {
                let outcome = try await Connecting.outcome(
                    "https://localhost:\(server.port)", connector: try Connector(configuration(certificate)))
                #expect(outcome.greeting.contains(subject))
            }
        }
    }

    @Test("without one, TLS 1.2 fails in the handshake and TLS 1.3 with the first read")
    func missing() async throws {
        var old = serverTLS
        old.maximumTLSVersion = .tlsv12
        try await GreetingServer.withRunning(tls: old) { server in
            let failure = try await Connecting.failure("https://localhost:\(server.port)") {
                $0 = configuration(nil)
            }
            #expect(failure.kind == .tls)
            #expect(failure.message.contains("clientCertificate"), "\(failure)")
        }
        try await GreetingServer.withRunning(tls: serverTLS) { server in
            let connector = try Connector(configuration(nil))
            await #expect(throws: BoringSSLError.self) {
                try await Connecting.outcome("https://localhost:\(server.port)", connector: connector)
            }
        }
    }

    @Test("files that are replaced show in the next connection, and its identity is another")
    func reloads() async throws {
        let folder = try authority.folderForFiles()
        let chain = "\(folder)/client.pem"
        let key = "\(folder)/client.key"
        func place(_ leaf: TestCertificate) throws {
            try replace(chain, with: try leaf.certificatePEM)
            try replace(key, with: try leaf.keyPEM)
        }
        try place(authority.issue("first", names: [], purpose: .client))
        let connector = try Connector(
            configuration(.pemFiles(chain: chain, key: key)), certificateCheckInterval: .nanoseconds(0))
        try await GreetingServer.withRunning(tls: serverTLS) { server in
            let url = "https://localhost:\(server.port)"
            let origin = try Origin(url)
            func subject() async throws -> String {
                try await Connecting.outcome(url, connector: connector).greeting
            }
            #expect(try await subject().contains("common_name=first"))
            let before = connector.identity(for: origin, proxy: nil)
            #expect(connector.identity(for: origin, proxy: nil) == before)

            try place(authority.issue("second", names: [], purpose: .client))
            let after = connector.identity(for: origin, proxy: nil)
            #expect(after != before)
            #expect(try await subject().contains("common_name=second"))

            // Only one of the two files is there yet, one is cut, one is gone: the old pair serves on.
            let third = try authority.issue("third", names: [], purpose: .client)
            try replace(chain, with: try third.certificatePEM)
            #expect(try await subject().contains("common_name=second"))
            try replace(key, with: Array(try third.keyPEM.prefix(60)))
            #expect(try await subject().contains("common_name=second"))
            try FileManager.default.removeItem(atPath: key)
            #expect(try await subject().contains("common_name=second"))
            #expect(connector.identity(for: origin, proxy: nil) == after)
            try replace(key, with: try third.keyPEM)
            #expect(try await subject().contains("common_name=third"))
        }
    }

    @Test("files are looked at no more often than the interval says")
    func interval() throws {
        let leaf = try authority.issue("first", names: [], purpose: .client)
        let next = try authority.issue("second", names: [], purpose: .client)
        let folder = try authority.folderForFiles()
        var settings = NIOTransport.TLSSettings()
        settings.trustRoots = .pemFile(authority.rootPath)
        settings.clientCertificate = .pemFiles(chain: "\(folder)/c.pem", key: "\(folder)/c.key")
        try replace("\(folder)/c.pem", with: try leaf.certificatePEM)
        try replace("\(folder)/c.key", with: try leaf.keyPEM)
        let start = NIODeadline.now()
        let contexts = try TLSContexts(settings, http2: true, checkInterval: .seconds(60))
        try replace("\(folder)/c.pem", with: try next.certificatePEM)
        try replace("\(folder)/c.key", with: try next.keyPEM)
        #expect(contexts.generation(now: start + .seconds(59)) == 1)
        #expect(contexts.generation(now: start + .seconds(70)) == 2)
        #expect(contexts.generation(now: start + .seconds(71)) == 2)
    }

    @Test("what cannot be used is refused when the transport is made, and the message says what to do")
    func invalid() throws {
        let leaf = try authority.issue("alice", names: [], purpose: .client)
        let other = try authority.issue("bob", names: [], purpose: .client)
        let locked = try authority.issue("carol", names: [], purpose: .client, passphrase: "correct horse")
        let wrong = Secret(bytes: Array("wrong horse".utf8))
        let rows: [(NIOTransport.TLSSettings.ClientCertificate, String)] = [
            (.pemFiles(chain: "/nowhere/c.pem", key: leaf.keyPath), "/nowhere/c.pem"),
            (.pemFiles(chain: leaf.certificatePath, key: "/nowhere/c.key"), "/nowhere/c.key"),
            (.pemFiles(chain: authority.folder, key: leaf.keyPath), "no regular file"),
            (.pemFiles(chain: leaf.keyPath, key: leaf.keyPath), "no certificate in PEM"),
            (.pemFiles(chain: leaf.certificatePath, key: leaf.certificatePath), "cannot be read"),
            (.pemFiles(chain: leaf.certificatePath, key: other.keyPath), "TLS cannot be set up"),
            (.pemFiles(chain: locked.certificatePath, key: locked.keyPath), "cannot be read"),
            (.pemFiles(chain: locked.certificatePath, key: locked.keyPath, passphrase: wrong), "cannot be read"),
            (
                .pemFiles(
                    chain: locked.certificatePath, key: locked.keyPath,
                    passphrase: Secret(bytes: Array("Schlüssel".utf8))), "not ASCII"
            ),
            (.pem(chain: [], key: Secret(bytes: [])), "no certificate in PEM"),
            (.pem(chain: try leaf.certificatePEM, key: Secret(bytes: [])), "cannot be read"),
        ]
        for (certificate, says) in rows {
            do throws(TesseraError) {
                _ = try Connector(configuration(certificate))
                Issue.record("accepted: \(says)")
            } catch {
                #expect(error.code == .misconfigured)
                #expect(error.message.contains(says), "\(error)")
                #expect(error.remedy != nil)
            }
        }
    }

    /// As tools do it: a new file, moved over the old one.
    private func replace(_ path: String, with bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}

extension TestAuthority {
    /// A new folder within the authority's.
    func folderForFiles() throws -> String {
        let path = "\(folder)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
#endif
