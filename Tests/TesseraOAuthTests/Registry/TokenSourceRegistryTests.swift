#if OAuth
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Token source registry` {
    private func key(_ user: Int, scope: Set<String> = []) -> TokenKey {
        .user(issuer: "https://login.test", client: "web", subject: "user-\(user)", scope: scope)
    }

    /// Tokens that name their user.
    private func registry(
        _ limits: TokenSourceRegistry.Limits = .init(), after wait: Duration = .zero
    ) -> TokenSourceRegistry {
        TokenSourceRegistry(limits: limits) { key in
            RefreshingTokenSource(
                ScriptedAcquisition.tokens(after: wait, name: key.subject ?? "client"), key: key)
        }
    }

    @Test func `500 interleaved users never get another's token`() async throws {
        try await withVirtualTime { time in
            // Fewer places than users: sources are dropped and made again all the time.
            let registry = registry(.init(sources: 100), after: .milliseconds(3))
            let wrong = Mutex(0)
            let right = Mutex(0)
            var random = SeededRandom(seed: 11)
            for _ in 0..<10 {
                for user in (0..<500).shuffled(using: &random) {
                    let delay = Duration.milliseconds(Int64.random(in: 0...2000, using: &random))
                    let tokens = registry.tokens(for: key(user))
                    _ = time.runtime.spawn {
                        try? await time.runtime.sleep(time.now.advanced(by: delay))
                        guard let token = try? await tokens.accessToken(for: time.use()) else { return }
                        let text = token.value.withExposedBytes { String(decoding: $0, as: UTF8.self) }
                        if text.hasPrefix("user-\(user)-token-") {
                            right.withLock { $0 += 1 }
                        } else {
                            wrong.withLock { $0 += 1 }
                        }
                    }
                }
                await time.advance(by: .seconds(3))
            }
            #expect(wrong.withLock { $0 } == 0)
            #expect(right.withLock { $0 } == 5000)
            #expect(registry.count <= 200)
            #expect(registry.drops > 100)
        }
    }

    @Test func `the source that was not used for longest goes first`() throws {
        let registry = registry(.init(sources: 3))
        let first = ObjectIdentifier(try registry.source(for: key(1)))
        for user in [2, 3, 1, 4] { _ = try registry.source(for: key(user)) }
        #expect(registry.count == 3 && registry.drops == 1)
        #expect(ObjectIdentifier(try registry.source(for: key(1))) == first)
        #expect(registry.drops == 1)
    }

    @Test func `a source with a request under way is not dropped`() async throws {
        try await withVirtualTime { time in
            let registry = registry(.init(sources: 1), after: .seconds(5))
            let first = registry.tokens(for: key(1))
            let token = Task(executorPreference: time.taskExecutor) { try await first.accessToken(for: time.use()) }
            await time.settle()
            let other = Task(executorPreference: time.taskExecutor) {
                try await registry.tokens(for: key(2)).accessToken(for: time.use())
            }
            await time.settle()
            #expect(registry.count == 2)
            let error = #expect(throws: TesseraError.self) { try registry.source(for: key(3)) }
            #expect(error?.code == .retryLater)
            await time.advance(by: .seconds(6))
            let generations = try await [token.value.generation, other.value.generation]
            #expect(generations == [1, 1])
            _ = try registry.source(for: key(3))
            #expect(registry.count == 1)
        }
    }

    @Test func `a source whose login is stored nowhere is never dropped`() throws {
        let unsaved = ScriptedAcquisition.tokens()
        unsaved.isUnsaved = true
        let registry = TokenSourceRegistry(limits: .init(sources: 2)) { key in
            RefreshingTokenSource(key.subject == "user-1" ? unsaved : ScriptedAcquisition.tokens(), key: key)
        }
        let first = ObjectIdentifier(try registry.source(for: key(1)))
        for user in 2...50 { _ = try registry.source(for: key(user)) }
        #expect(ObjectIdentifier(try registry.source(for: key(1))) == first)
        #expect(registry.count == 2)
        unsaved.isUnsaved = false
        for user in 51...60 { _ = try registry.source(for: key(user)) }
        #expect(registry.all().allSatisfy { $0.acquisition as? ScriptedAcquisition !== unsaved })
    }

    @Test func `a dropped source that somebody still holds is taken back, so that one key never has two`() throws {
        let registry = registry(.init(sources: 1))
        let held = try registry.source(for: key(1))
        _ = try registry.source(for: key(2))
        #expect(registry.drops == 1)
        #expect(try registry.source(for: key(1)) === held)
    }

    @Test func `memory is bounded by the tokens' size`() async throws {
        try await withVirtualTime { time in
            let registry = TokenSourceRegistry(limits: .init(sources: 10_000, bytes: 100_000)) { key in
                RefreshingTokenSource(
                    ScriptedAcquisition { _, _ in
                        TokenResponse(
                            accessToken: .fixture(String(repeating: key.subject ?? "x", count: 500)),
                            lifetime: .seconds(1000))
                    }, key: key)
            }
            for user in 0..<100 {
                _ = try await registry.tokens(for: key(user)).accessToken(for: time.use())
                // The size counts from the next use.
                _ = try registry.source(for: key(user))
            }
            #expect(registry.estimatedBytes <= 110_000)
            #expect(registry.count < 30 && registry.count > 3)
        }
    }

    @Test func `a late refusal of a dropped source's token does not reach its successor's`() async throws {
        try await withVirtualTime { time in
            let registry = registry(.init(sources: 1))
            let tokens = registry.tokens(for: key(1))
            let old = try await tokens.accessToken(for: time.use())
            _ = try registry.source(for: key(2))
            let new = try await tokens.accessToken(for: time.use())
            #expect(new.generation > old.generation)
            let outcome = try await tokens.reject(generation: old.generation, for: time.use())
            #expect(outcome == .alreadyRenewed)
        }
    }

    @Test func `a wider token serves a narrower need by request only`() async throws {
        try await withVirtualTime { time in
            let made = Mutex<[Set<String>]>([])
            let registry = TokenSourceRegistry { key in
                made.withLock { $0.append(key.scope) }
                return RefreshingTokenSource(
                    ScriptedAcquisition { number, _ in
                        TokenResponse(
                            accessToken: .fixture(
                                "scoped-token-\(key.scope.sorted().joined(separator: "+"))-\(number)"),
                            lifetime: .seconds(1000), scope: key.scope)
                    }, key: key)
            }
            let wide = try await registry.tokens(for: key(1, scope: ["read", "write"])).accessToken(for: time.use())
            let lender = registry.tokens(for: key(1, scope: ["read"]), matching: .superset)
            let borrowed = try await lender.accessToken(for: time.use())
            #expect(borrowed.value == wide.value)
            let refusal = try await lender.reject(generation: borrowed.generation, for: time.use())
            #expect(refusal == .unknownGeneration)
            let own = try await registry.tokens(for: key(1, scope: ["read"])).accessToken(for: time.use())
            #expect(own.value != wide.value)
            let other = registry.tokens(for: key(2, scope: ["read"]), matching: .superset)
            let stranger = try await other.accessToken(for: time.use())
            #expect(stranger.value != wide.value)
            let all = try await registry.tokens(for: key(1, scope: ["admin"]), matching: .superset)
                .accessToken(for: time.use())
            #expect(all.scope == ["admin"])
        }
    }

    @Test func `what was removed is made anew, even if somebody holds it`() throws {
        let registry = registry()
        let old = try registry.source(for: key(1))
        registry.remove(key(1))
        #expect(try registry.source(for: key(1)) !== old)
        #expect(registry.count == 1)
    }
}
#endif
