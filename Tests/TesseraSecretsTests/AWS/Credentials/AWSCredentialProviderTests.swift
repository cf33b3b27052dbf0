#if Secrets
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

/// A place that gives credentials of an hour after a second, each time with another key.
private final class HourlySource: AWSCredentialSource {
    let name = "hourly"
    let searches = Mutex(0)
    let isDown = Mutex(false)

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        let number = searches.withLock { count in
            count += 1
            return count
        }
        try await search.runtime.sleep(search.runtime.now().advanced(by: .seconds(1)))
        if isDown.withLock({ $0 }) { throw TesseraError(.connection, "down") }
        return .found(
            try AWSCredentials(
                accessKeyID: "KEY\(number)", secretAccessKey: .fixture("the-secret-access-key"),
                expiry: search.runtime.wallTime().advanced(by: .seconds(3600))))
    }
}

@Suite struct `AWS credential provider` {
    private func use() -> TokenUse {
        let runtime = Runtime.current
        return TokenUse(deadline: runtime.now().advanced(by: .seconds(30)), runtime: runtime)
    }

    @Test func `1,000 who ask at the same time cost one search`() async throws {
        try await withVirtualTime { time in
            let source = HourlySource()
            let provider = AWSCredentialProvider(source)
            let use = use()
            try await time.run {
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<1000 { group.addTask { try await provider.credentials(for: use).accessKeyID } }
                    for try await id in group { #expect(id == "KEY1") }
                }
            }
            #expect(source.searches.withLock { $0 } == 1)
        }
    }

    @Test func `credentials are renewed before they expire, while nobody waits`() async throws {
        try await withVirtualTime { time in
            let source = HourlySource()
            let provider = AWSCredentialProvider(source)
            let first = use()
            _ = try await time.run { try await provider.credentials(for: first) }
            await time.advance(by: .seconds(3000))
            #expect(try await provider.credentials(for: use()).accessKeyID == "KEY1")
            await time.advance(by: .seconds(500))
            // Not moving the clock: an answer that had to be waited for would not come.
            #expect(try await provider.credentials(for: use()).accessKeyID == "KEY1")
            await time.advance(by: .seconds(2))
            #expect(try await provider.credentials(for: use()).accessKeyID == "KEY2")
            #expect(source.searches.withLock { $0 } == 2)
        }
    }

    @Test func `while the place is down the old ones are used to their end`() async throws {
        try await withVirtualTime { time in
            let source = HourlySource()
            let provider = AWSCredentialProvider(source)
            let first = use()
            _ = try await time.run { try await provider.credentials(for: first) }
            source.isDown.withLock { $0 = true }
            await time.advance(by: .seconds(3400))
            for _ in 0..<3 {
                #expect(try await provider.credentials(for: use()).accessKeyID == "KEY1")
                await time.advance(by: .seconds(10))
            }
        }
    }

    @Test func `a refused key is looked for again, and may be the same`() async throws {
        try await withVirtualTime { time in
            let provider = AWSCredentialProvider(FixedAWSCredentials(try AWSFixture.credentials()))
            let use = use()
            let generation = try await time.run { try await provider.current(for: use).generation }
            #expect(try await provider.reject(generation: generation, for: use))
            let again = try await time.run { try await provider.credentials(for: use).accessKeyID }
            #expect(again == "AKIDEXAMPLE")
        }
    }
}
#endif
