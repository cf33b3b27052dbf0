#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// The stores of this package keep the contract that is published for everybody's.
@Suite struct `Store contract` {
    @Test(.timeLimit(.minutes(1)), arguments: TokenStoreContract.checks)
    func `memory keeps it`(check: TokenStoreCheck) async throws {
        let store = MemoryTokenStore()
        let outcome = await check.run { store }
        guard case .kept = outcome else {
            Issue.record("\(check): \(outcome)")
            return
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: TokenStoreContract.checks)
    func `files keep it`(check: TokenStoreCheck) async throws {
        let directory = try StoreDirectory()
        let outcome = await check.run { try directory.store(.init(witness: .directory(directory.witness))) }
        guard case .kept = outcome else {
            Issue.record("\(check): \(outcome)")
            return
        }
    }
}
#endif
