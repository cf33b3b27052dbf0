#if NIO && Secrets
import Synchronization
import Tessera
import TesseraCore
import TesseraOAuth
import TesseraSecrets

/// Many calls at the same time, with the tokens of a client whose secret somebody rotates meanwhile.
struct Load {
    private struct Count: Encodable {
        var calls = 0
        var failed = 0
        var firstError: String?
    }

    /// What the tasks count together.
    private final class Tally: Sendable {
        private let count = Mutex(Count())
        var all: Count { count.withLock { $0 } }

        func add(_ failure: String?) {
            count.withLock { count in
                count.calls += 1
                guard let failure else { return }
                count.failed += 1
                count.firstError = count.firstError ?? failure
            }
        }
    }

    private let secret: String
    private let api: String
    private let seconds: Int64

    init(_ secret: String, _ api: String, seconds: Int64) {
        self.secret = secret
        self.api = api
        self.seconds = seconds
    }

    func run() async throws {
        let tokens = RefreshingTokenSource.clientCredentials(configuredBy: try AWSSecretsManager().secret(secret))
        let session = try Session(api, auth: .oauth(tokens))
        let runtime = Runtime.system
        let end = runtime.now().advanced(by: .seconds(seconds))
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while runtime.now() < end {
                        do {
                            _ = try await session.get("/")
                            tally.add(nil)
                        } catch {
                            tally.add("\(error)")
                        }
                        try? await runtime.sleep(runtime.now().advanced(by: .milliseconds(5)))
                    }
                }
            }
        }
        try AWSProbe.write(tally.all)
    }
}
#endif
