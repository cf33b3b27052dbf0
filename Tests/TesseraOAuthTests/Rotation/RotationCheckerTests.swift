#if OAuth
import TesseraCore
import Testing

@testable import TesseraOAuth

/// The checker finds what is wrong: each row is a journal with one thing wrong in it.
@Suite struct `Rotation checker` {
    private func entry(
        _ kind: RotationJournal.Kind, _ second: Int64, process: String = "p", generation: UInt64 = 1,
        attempt: String? = "a1", tag: String = "t1", detail: String? = nil
    ) -> RotationJournal.Entry {
        RotationJournal.Entry(
            RotationJournal.Step(
                kind, login: "L", generation: generation, attempt: attempt, number: 1, tokenTag: tag, detail: detail),
            time: Timestamp(secondsSinceEpoch: second), monotonic: MonotonicInstant(nanoseconds: second),
            process: process)
    }

    private var good: [RotationJournal.Entry] {
        [
            entry(.intent, 1), entry(.sending, 2), entry(.answered, 3, detail: "valid"),
            entry(.committed, 4, generation: 2), entry(.published, 5, generation: 2),
        ]
    }

    private func arrival(_ second: Int64, isAccepted: Bool = true) -> RotationChecker.ServerEntry {
        .init(tokenTag: "t1", time: Timestamp(secondsSinceEpoch: second), isAccepted: isAccepted)
    }

    private func violations(
        _ journal: [RotationJournal.Entry], _ server: [RotationChecker.ServerEntry], isFaultFree: Bool = false
    ) -> [String] {
        var checker = RotationChecker(journal: journal, server: server)
        checker.isFaultFree = isFaultFree
        return checker.violations().map { String($0.prefix(3)) }
    }

    @Test func `a run as it should be has no violation`() {
        #expect(violations(good, [arrival(2)], isFaultFree: true) == [])
    }

    @Test func `a request that nobody announced`() {
        #expect(violations(good, [arrival(2), arrival(3)]) == ["I3a"])
    }

    @Test func `two announced requests where one was promised`() {
        let second = [entry(.intent, 6, attempt: "a2"), entry(.sending, 7, attempt: "a2")]
        #expect(violations(good + second, [arrival(2), arrival(7)], isFaultFree: true) == ["I3b"])
    }

    @Test func `a request before its intent`() {
        #expect(violations(Array(good.dropFirst()), [arrival(2)]) == ["I4c"])
    }

    @Test func `a token that is handed out before it is durable`() {
        var journal = good
        journal.swapAt(3, 4)
        #expect(violations(journal, [arrival(2)]) == ["I4c"])
    }

    @Test func `an attempt that begins while another is under way`() {
        let other = [entry(.intent, 3, process: "q", attempt: "a2"), entry(.sending, 4, process: "q", attempt: "a2")]
        let journal = [entry(.intent, 1), entry(.sending, 2), entry(.answered, 9)] + other
        #expect(violations(journal, [arrival(2), arrival(4)]) == ["I3a"])
    }

    @Test func `a login that is given up although its next token is durable`() {
        let journal = good + [entry(.dead, 9, detail: "responseLost")]
        #expect(violations(journal, [arrival(2)]) == ["I4a"])
    }

    @Test func `a login that is given up although the server never took its token`() {
        let journal = [entry(.intent, 1), entry(.sending, 2), entry(.dead, 9, detail: "responseLost")]
        #expect(violations(journal, [arrival(2, isAccepted: false)]) == ["I4a"])
    }

    @Test func `a lost answer that is called a refusal`() {
        let journal = [entry(.intent, 1), entry(.sending, 2), entry(.dead, 9, detail: "refused")]
        #expect(violations(journal, [arrival(2)]) == ["I4b"])
    }
}
#endif
