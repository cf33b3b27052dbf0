#if OAuth
package import TesseraCore

/// Checks invariants 3 and 4 on what real processes wrote down, joined with what the server, or a proxy before it, saw.
package struct RotationChecker {
    /// A refresh as the server saw it.
    package struct ServerEntry: Sendable, Hashable, Codable {
        /// The same keyed tag of the refresh token as in the journal.
        package var tokenTag: String
        /// When its first byte came, by the wall clock.
        package var time: Timestamp
        /// The server answered with tokens, whether or not anybody read them.
        package var isAccepted: Bool

        package init(tokenTag: String, time: Timestamp, isAccepted: Bool) {
            self.tokenTag = tokenTag
            self.time = time
            self.isAccepted = isAccepted
        }
    }

    /// The journals of all processes, each in its own order.
    package var journal: [RotationJournal.Entry]
    /// The server's log.
    package var server: [ServerEntry]
    /// A repeat is harmless at this server, so attempts may overlap.
    package var allowsOverlap = false
    /// Nothing went wrong: exactly one request per generation (I3b).
    package var isFaultFree = false
    /// T_post and Q together: after that nobody reckons with a sender any more.
    package var patience = Duration.seconds(50)

    package init(journal: [RotationJournal.Entry], server: [ServerEntry]) {
        self.journal = journal
        self.server = server
    }

    /// What is not as it must be, each with the invariant's number.
    package func violations() -> [String] {
        let byProcess = Dictionary(grouping: journal, by: \.process)
        return requests() + byProcess.values.flatMap(order) + overlaps() + ends()
    }

    /// I3a and I3b: the requests that arrived, against those that were announced.
    private func requests() -> [String] {
        var found: [String] = []
        let announced = Dictionary(
            grouping: journal.filter { $0.step.kind == .sending }, by: { $0.step.tokenTag ?? "" })
        for (tag, arrived) in Dictionary(grouping: server, by: \.tokenTag) {
            let count = announced[tag]?.count ?? 0
            if arrived.count > count {
                found.append("I3a: token \(tag) arrived \(arrived.count) times and was announced \(count) times")
            }
            if isFaultFree, arrived.count > 1 { found.append("I3b: token \(tag) arrived \(arrived.count) times") }
        }
        let attempts = journal.filter { $0.step.kind == .sending }.compactMap(\.step.attempt)
        if Set(attempts).count < attempts.count { found.append("I3a: an attempt was sent twice") }
        return found
    }

    /// I4c and the first half of I3a, within one process.
    private func order(_ entries: [RotationJournal.Entry]) -> [String] {
        var found: [String] = []
        var intents: Set<String> = []
        var committed: Set<UInt64> = []
        for entry in entries {
            let step = entry.step
            switch step.kind {
            case .intent: intents.insert(step.attempt ?? "")
            case .sending:
                if !intents.contains(step.attempt ?? "") {
                    found.append("I4c: attempt \(step.attempt ?? "?") was sent before its intent was durable")
                }
            case .committed: committed.insert(step.generation ?? 0)
            case .published:
                if !committed.contains(step.generation ?? 0) {
                    found.append("I4c: generation \(step.generation ?? 0) was handed out before it was durable")
                }
            default: break
            }
        }
        return found
    }

    /// The second half of I3a: attempt n + 1 begins when attempt n is finished.
    private func overlaps() -> [String] {
        guard !allowsOverlap else { return [] }
        var found: [String] = []
        let sendings = journal.filter { $0.step.kind == .sending }
        for intent in journal where intent.step.kind == .intent {
            for earlier in sendings
            where earlier.step.login == intent.step.login && earlier.step.generation == intent.step.generation
                && earlier.step.attempt != intent.step.attempt && earlier.time < intent.time
                && !isFinished(earlier, by: intent.time)
            {
                found.append(
                    "I3a: attempt \(intent.step.attempt ?? "?") began before \(earlier.step.attempt ?? "?") ended")
            }
        }
        return found
    }

    /// Heard its answer, was never heard of again, or is past its time.
    private func isFinished(_ sending: RotationJournal.Entry, by time: Timestamp) -> Bool {
        let later = journal.filter { $0.process == sending.process && $0.time >= sending.time && $0 != sending }
        let answered = later.contains {
            $0.step.kind == .answered && $0.step.attempt == sending.step.attempt && $0.time <= time
        }
        return answered || later.isEmpty || sending.time.duration(to: time) > patience
    }

    /// I4a and I4b: a login ends for its true reason only.
    private func ends() -> [String] {
        journal.filter { $0.step.kind == .dead }.compactMap { entry in
            guard let tag = entry.step.tokenTag else { return nil }
            let wasAccepted = server.contains { $0.tokenTag == tag && $0.isAccepted }
            switch entry.step.detail {
            case "responseLost":
                let next = (entry.step.generation ?? 0) &+ 1
                let isKept = journal.contains {
                    $0.step.kind == .committed && $0.step.login == entry.step.login && $0.step.generation == next
                        && $0.time < entry.time
                }
                if isKept { return "I4a: responseLost although generation \(next) was durable" }
                return wasAccepted ? nil : "I4a: responseLost although the server never accepted \(tag)"
            case "refused": return wasAccepted ? "I4b: refused, but the server had accepted \(tag)" : nil
            default: return nil
            }
        }
    }
}
#endif
