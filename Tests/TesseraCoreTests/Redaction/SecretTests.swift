import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Secret")
struct SecretTests {
    @Test("equality is that of the bytes")
    func equality() {
        #expect(Secret.fixture("abcdefgh") == .fixture("abcdefgh"))
        #expect(Secret.fixture("abcdefgh") != .fixture("abcdefgi"))
        #expect(Secret.fixture("abcdefgh") != .fixture("Abcdefgh"))
        #expect(Secret.fixture("abc") != .fixture("abcd"))
        #expect(Secret.fixture("") == .fixture(""))
        #expect(Secret(bytes: [0, 1]) != Secret(bytes: [0, 2]))
        #expect(Secret.fixture("é") != .fixture("e\u{301}"), "not by canonical equivalence")
        #expect(Secret.fixture("abc").count == 3 && Secret.fixture("").isEmpty)
    }

    @Test("every way of printing shows the tag only")
    func printing() {
        let canary = Canary()
        let secret = canary.secret
        let tag = Redactor.process.tag(for: secret)
        #expect("\(secret)" == tag && secret.description == tag && secret.debugDescription == tag)
        #expect(String(describing: secret) == tag && String(reflecting: secret) == tag)
        #expect("\(Optional(secret) as Any)".contains(tag) && "\([secret])" == "[\(tag)]")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(canary.leak(in: dumped) == nil && Mirror(reflecting: secret).children.isEmpty)
        struct Holder { var secret: Secret }
        #expect(canary.leak(in: "\(Holder(secret: secret))") == nil)
        dump(Holder(secret: secret), to: &dumped)
        #expect(canary.leak(in: dumped) == nil)
    }

    @Test("the tag is ten hexadecimal digits, the same for the same bytes and another for others")
    func tag() throws {
        let tags = (0..<500).map { Redactor.process.tag(for: .fixture("secret-number-\($0)")) }
        #expect(Set(tags).count == 500)
        #expect(tags[7] == Redactor.process.tag(for: .fixture("secret-number-7")))
        for tag in tags { #expect(tag.wholeMatch(of: /\[secret:[0-9a-f]{10}\]/) != nil, "\(tag)") }
    }

    @Test("the bytes are overwritten")
    func wiping() {
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 32)
        memory.initialize(repeating: 0x41)
        defer { memory.deallocate() }
        Platform.wipe(UnsafeMutableRawBufferPointer(memory))
        #expect(memory.allSatisfy { $0 == 0 })
        Platform.wipe(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }

    @Test("an unset or badly named variable is an error that does not repeat a value that was mixed up with a name")
    func unset() {
        let plain = #expect(throws: TesseraError.self) { try Secret(environment: "TESSERA_NEVER_SET_41") }
        #expect(plain?.code == .secretUnavailable && plain?.message.contains("TESSERA_NEVER_SET_41") == true)
        let mixedUp = "sk-live/4eC39HqLyjWDarjtT1zdp7dc"
        let error = #expect(throws: TesseraError.self) { try Secret(environment: mixedUp) }
        #expect(error?.description.contains(mixedUp) == false)
    }

    @Test("exposing hands out exactly the bytes, and rethrows")
    func exposing() {
        struct Own: Error {}
        #expect(Secret.fixture("käse").withExposedBytes { Array($0) } == Array("käse".utf8))
        #expect(throws: Own.self) { try Secret.fixture("x").withExposedBytes { _ in throw Own() } }
    }
}
