#if OAuth
import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite("A cookie jar in a file store")
struct CookieStoreTests {
    private static func session(_ jar: CookieJar) throws -> (Session, MockTransport) {
        let server = MockTransport()
        server.on(.get, "/login").reply(headers: ["Set-Cookie": "sid=alice; Max-Age=600; Secure"])
        server.on(.get, "/cart").reply()
        let session = try Session("https://shop.test", transport: server) {
            $0.cookies = jar
            $0.proxy = .none
        }
        return (session, server)
    }

    @Test("mode 600, read by the next program; a file that others can read is refused")
    func file() async throws {
        let place = try StoreDirectory()
        let name = StorageName.fixture("alice-shop")
        let jar = try await CookieJar(store: place.store(), name: name)
        _ = try await Self.session(jar).0.get("/login")
        try await jar.save()
        let mode = try FileManager.default.attributesOfItem(atPath: place.entry(name))[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let (session, server) = try Self.session(try await CookieJar(store: place.store(), name: name))
        _ = try await session.get("/cart")
        #expect(server.requests.last?.headerFields[.cookie] == "sid=alice")

        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.entry(name))
        let code = await storeError { _ = try await CookieJar(store: place.store(), name: name) }
        #expect(code == .storeInsecure)
    }

    @Test("a copied jar is refused, as a copied login is")
    func copied() async throws {
        let place = try StoreDirectory()
        let name = StorageName.fixture("alice-shop")
        let jar = try await CookieJar(store: place.store(), name: name)
        try await jar.save()
        try place.shell("cp -a store copy")
        let copy = try FileTokenStore(directory: "\(place.root)/copy", options: .init(witness: .none))
        let code = await storeError { _ = try await CookieJar(store: copy, name: name) }
        #expect(code == .storeCopied)
    }
}
#endif
