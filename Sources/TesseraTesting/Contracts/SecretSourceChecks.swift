import TesseraCore

let secretSourceChecks: [SecretSourceCheck] = [
    SecretSourceCheck("supplies the secret that it holds, byte for byte") { subject in
        let seen = try await subject.source.secret()
        try require(
            seen == subject.holds, "the secret that the source holds", saw: "another one of \(seen.count) bytes")
        return true
    },
    SecretSourceCheck("supplies the same secret each time") { subject in
        let (first, second) = (try await subject.source.secret(), try await subject.source.secret())
        try require(first == second, "the same secret twice", saw: "two")
        return true
    },
    SecretSourceCheck("100 tasks at the same time get the secret") { subject in
        try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<100 { group.addTask { try await subject.source.secret() } }
            for try await secret in group {
                try require(secret == subject.holds, "the secret that the source holds", saw: "another one")
            }
        }
        return true
    },
    SecretSourceCheck("does not show the secret in its description or in a dump") { subject in
        _ = try await subject.source.secret()
        try requireNoLeak(of: subject.holds, in: subject.source)
        return true
    },
    SecretSourceCheck("a rotated secret is seen at the next question") { subject in
        guard let rotate = subject.rotate else { return false }
        _ = try await subject.source.secret()
        let next = Canary().secret
        try await rotate(next)
        let seen = try await subject.source.secret()
        try require(seen == next, "the new secret", saw: seen == subject.holds ? "the old one" : "a third one")
        return true
    },
    SecretSourceCheck("a secret that is not there is a TesseraError with code secretUnavailable, and not an empty one")
    {
        subject in
        guard let missing = subject.missing else { return false }
        let seen: String
        do {
            seen = "a secret of \(try await missing.secret().count) bytes"
        } catch let error as TesseraError {
            try require(error.code == .secretUnavailable, "code secretUnavailable", saw: "\(error.code)")
            try require(!error.message.isEmpty, "a message that says what is missing", saw: "none")
            return true
        } catch {
            seen = "\(error)"
        }
        throw ContractViolation(expected: "TesseraError with code secretUnavailable", seen: seen)
    },
    SecretSourceCheck("a task that is cancelled ends soon, with the secret, CancellationError or a TesseraError") {
        subject in
        let task = Task { try await subject.source.secret() }
        task.cancel()
        do {
            _ = try await task.value
        } catch is CancellationError {
        } catch is TesseraError {
        } catch {
            throw ContractViolation(expected: "CancellationError or TesseraError", seen: "\(error)")
        }
        return true
    },
]

/// Throws a violation when a value shows a secret to whoever prints or dumps it.
func requireNoLeak(of secret: Secret, in value: some Any) throws {
    var text = "\(value) \(String(reflecting: value)) "
    dump(value, to: &text)
    let encoding = secret.withExposedBytes { SecretEncoding.first(of: Array($0), in: Array(text.utf8)) }
    if let encoding {
        throw ContractViolation(expected: "a description without the secret", seen: "the secret, \(encoding.rawValue)")
    }
}
