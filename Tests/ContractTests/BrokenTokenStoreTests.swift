import TesseraCore
import TesseraTesting
import Testing

/// The suite for stores can fail: each defect is caught by the check that is there for it.
@Suite struct BrokenTokenStoreTests {
    /// For each defect words from the name of a check that must catch it.
    private static let catchers: [BrokenTokenStore.Defect: String] = [
        .lastWriterWins: "an old version does not replace",
        .replacesOnCreation: "does not take the place of an existing",
        .namesVersionsByContent: "the same bytes saved again",
        .countsAnewAfterRemoval: "versions never repeat",
        .checksBeforeItWrites: "who have seen the same version one succeeds",
        .writesInTwoParts: "a reader sees whole entries only",
        .cutsLongEntries: "an entry of 512 KiB",
        .cutsLongNames: "the longest names differ",
        .losesEmptyEntries: "an entry of no bytes",
        .conflictsAfterWriting: "an old version does not replace",
        .removesAnyVersion: "an old version does not remove",
        .remembersWhatItRead: "another one loads at once",
        .keepsTheRestOfLongerEntries: "a shorter entry replaces a longer one",
        .leasesToEverybody: "a lease that is held is not to be had",
        .locksTheEntryItself: "the lease stays when the entry is replaced",
        .repeatsFences: "fences grow",
        .keepsDroppedLeases: "a lease that is dropped",
        .keepsLeasesOfCancelledWaiters: "a waiter that is cancelled leaves",
        .savesWithTheLeaseOnly: "one without the lease can still save",
        .renewsWhatWasGivenBack: "a held lease is renewed",
        .releasesTwice: "a release twice gives back one lease",
        .sharesOneLease: "leases of different names",
    ]

    @Test(.timeLimit(.minutes(1)), arguments: BrokenTokenStore.Defect.allCases.filter { $0 != .none })
    func isCaught(defect: BrokenTokenStore.Defect) async throws {
        let words = try #require(BrokenTokenStoreTests.catchers[defect])
        let checks = TokenStoreContract.checks.filter { $0.name.contains(words) }
        #expect(checks.count == 1, "\(words) names no check, or several")
        for check in checks {
            let data = BrokenTokenStore.Data()
            let outcome = await check.run(patience: .seconds(20)) { BrokenTokenStore(data, defect) }
            guard case .violated(let violation) = outcome else {
                Issue.record("\(defect) got through \"\(check)\": \(outcome)")
                continue
            }
            print("caught \(defect.rawValue): \(violation)")
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: TokenStoreContract.checks)
    func theSameStoreWithoutADefectPasses(check: TokenStoreCheck) async throws {
        let data = BrokenTokenStore.Data()
        if case .violated(let violation) = await check.run({ BrokenTokenStore(data, .none) }) {
            Issue.record("\(check): \(violation)")
        }
    }

    @Test func everyCheckHasANameOfItsOwn() {
        #expect(Set(TokenStoreContract.checks.map(\.name)).count == TokenStoreContract.checks.count)
    }

    /// A check about leases is not a pass for a store that has none.
    @Test func aStoreWithoutLeasesIsReportedAsSuch() async {
        struct Leaseless: TokenStore {
            let store: BrokenTokenStore
            var durability: TokenStoreDurability { .volatile }
            func load(_ name: StorageName) async throws -> StoredEntry? { try await store.load(name) }
            func save(
                _ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?
            ) async throws -> StoreVersion { try await store.save(bytes, for: name, replacing: version) }
            func remove(_ name: StorageName, replacing version: StoreVersion) async throws {
                try await store.remove(name, replacing: version)
            }
        }
        let data = BrokenTokenStore.Data()
        let report = await TokenStoreContract.verify { Leaseless(store: BrokenTokenStore(data, .none)) }
        #expect(report.violations.isEmpty, "\(report)")
        #expect(report.withoutLeases.count == TokenStoreContract.checks.filter(\.needsLeases).count)
        #expect(!report.withoutLeases.isEmpty)
    }
}
