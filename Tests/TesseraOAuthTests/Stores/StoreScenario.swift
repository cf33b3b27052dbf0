#if OAuth
import Foundation
import TesseraCore
import TesseraTesting

@testable import TesseraOAuth

/// A directory of its own for a test, and what is needed to play tricks with it.
final class StoreDirectory: Sendable {
    let root: String
    var path: String { "\(root)/store" }
    /// Where the versions are remembered outside of the store.
    var witness: String { "\(root)/witness" }

    init() throws {
        root = "\(StoreDirectory.temporary)/tessera-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// macOS has a link on the way to its temporary directory, which is root's own and fine.
    private static var temporary: String {
        let path = FileManager.default.temporaryDirectory.path
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    func store(
        _ options: FileTokenStore.Options = .init(witness: .none), hook: @escaping FileStepHook = { _ in }
    ) throws -> FileTokenStore {
        try FileTokenStore(directory: path, options: options, work: .ownThreads(), hook: hook)
    }

    func entry(_ name: StorageName) -> String { "\(path)/\(FileEntries.entryName(name))" }

    /// Runs a line of shell in the root and returns what it wrote.
    @discardableResult
    func shell(_ line: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", line]
        process.currentDirectoryURL = URL(fileURLWithPath: root)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        struct Failed: Error { var text: String }
        guard process.terminationStatus == 0 else { throw Failed(text: text) }
        return text
    }
}

extension StorageName {
    static func fixture(_ text: String) -> StorageName { StorageName(text) ?? StorageName(hexadecimal: [0]) }
}

/// The code of the error that `body` throws; nil when it succeeds.
func storeError(_ body: () async throws -> Void) async -> TesseraError.Code? {
    do {
        try await body()
        return nil
    } catch let error as TesseraError {
        return error.code
    } catch {
        return .unexpectedRequest
    }
}

extension LoginRecord {
    /// A record in which every field has a value of its own.
    static func fixture(
        login: String = "login-1", generation: UInt64 = 4, refresh: String = "refresh-token-number-4"
    ) -> LoginRecord {
        let time = StoreTime(Timestamp(nanoseconds: 1_767_225_600_123_456_789), epoch: "boot-1")
        let holder = Holder(host: "h", boot: "b", process: 42, started: 7, nonce: "n")
        let intent = Intent(
            attempt: "a-1", number: 2, tokenTag: "tag", firstSentAt: time, sentAt: time, answerBy: time, holder: holder,
            isFinished: true, spareAfter: .responseLost)
        let token = StoredAccessToken(
            scope: ["b", "a"], resource: "https://api.test/", value: Secret.fixture("access-token-number-4"),
            issuedAt: time, lifetime: .seconds(3600), granted: ["a"])
        var record = LoginRecord(
            login: login, generation: generation, state: .intent(intent), refreshToken: Secret.fixture(refresh),
            accessTokens: [token], spare: Secret.fixture("spare-token-number-4"), fence: 9)
        record.storeEpoch = "epoch-1"
        record.originTag = "origin-tag"
        record.account = "alice-the-subject"
        record.note = "a note"
        return record
    }
}

extension TokenKey {
    static func fixture(_ subject: String = "alice@people.test") -> TokenKey {
        .user(issuer: "https://login.test", client: "billing", subject: subject)
    }
}

extension StoreKeys {
    static func fixture(_ byte: UInt8 = 1) -> StoreKeys { StoreKeys(.value(.storeKey(byte))) }
}

extension Secret {
    /// A key that is the same in each run.
    static func storeKey(_ byte: UInt8) -> Secret {
        let digits = (0..<32).map { index in
            let value = UInt8(truncatingIfNeeded: index &* 37 &+ Int(byte) &* 11)
            return (value < 16 ? "0" : "") + String(value, radix: 16)
        }
        return Secret(digits.joined())
    }
}
#endif
