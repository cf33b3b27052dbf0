import HTTPTypes
import TesseraCore

let authenticatorChecks: [AuthenticatorCheck] = [
    AuthenticatorCheck("supplies a credential with at least one field for its origin") { bench in
        let credential = try await bench.credential()
        try require(!credential.fields.isEmpty, "at least one header field", saw: "none")
    },
    AuthenticatorCheck("the credential may go to the origin it was asked for") { bench in
        let credential = try await bench.credential()
        guard let origins = credential.origins else { return }
        let target = bench.subject.head.path ?? "/"
        try require(
            origins.contains(bench.subject.origin, target: target),
            "origins that hold \(bench.subject.origin)\(target)",
            saw: "others")
    },
    AuthenticatorCheck("no credential may go to an origin that nobody named (invariant 2)") { bench in
        for text in ["https://stranger.invalid", "http://stranger.invalid", "https://stranger.invalid:8443"] {
            let stranger = try Origin(text)
            let credential: Credential?
            do {
                credential = try await bench.authenticator.credential(for: bench.attempt(at: stranger))
            } catch is TesseraError {
                continue
            }
            // Without origins of its own it is bound to the session's base URL.
            let isBound = credential?.origins.map { !$0.contains(stranger, target: "/") } ?? true
            try require(isBound, "no credential for \(stranger)", saw: "one whose origins hold it")
        }
    },
    AuthenticatorCheck("supplies only fields that a credential may supply, with values that HTTP can carry") { bench in
        let forbidden: Set<String> = [
            "host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "content-encoding",
            "keep-alive", "proxy-connection", "expect",
        ]
        for field in try await bench.credential().fields.exposed {
            let name = field.name.canonicalName
            try require(!forbidden.contains(name), "no field that frames the message", saw: name)
            try require(
                !field.value.isEmpty && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F },
                "a value of printable characters for \(name)", saw: "an empty one, or control characters")
        }
    },
    AuthenticatorCheck("sends the call itself never: only the call's loop does") { bench in
        let credential = try await bench.credential()
        _ = try? await bench.authenticator.react(
            to: [Challenge(scheme: "bearer", parameters: ["error": "invalid_token"])], of: bench.attempt(),
            rejecting: credential)
        let own = "\(bench.subject.head.method.rawValue) \(bench.subject.origin)\(bench.subject.head.path ?? "/")"
        let count = bench.transport.requests.filter { $0 == own }.count
        try require("requests for the call's own target", count, is: 0)
    },
    AuthenticatorCheck("100 attempts at the same time each get a credential") { bench in
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...100 { group.addTask { _ = try await bench.credential(number) } }
            try await group.waitForAll()
        }
    },
    AuthenticatorCheck("reacts to any challenge, also to none and to ones it does not know") { bench in
        let long = Challenge(scheme: "x", parameters: ["realm": String(repeating: "a", count: 8192)])
        let challenges: [[Challenge]] = [
            [], [Challenge(scheme: "bearer")], [Challenge(scheme: "unheard-of", token68: "////")],
            [Challenge](repeating: long, count: 64),
        ]
        let credential = try await bench.credential()
        for list in challenges {
            do {
                _ = try await bench.authenticator.react(to: list, of: bench.attempt(), rejecting: credential)
            } catch is TesseraError {}
        }
    },
    AuthenticatorCheck("asks for a replay only if the next credential is another one") { bench in
        let refused = try await bench.credential()
        let challenge = Challenge(scheme: "bearer", parameters: ["error": "invalid_token"])
        let reaction: Reaction
        do {
            reaction = try await bench.authenticator.react(to: [challenge], of: bench.attempt(), rejecting: refused)
        } catch is TesseraError {
            return
        }
        guard case .replay = reaction else { return }
        let next = try await bench.authenticator.credential(for: bench.attempt(2))
        let isOther = next.map { $0.fields.exposed != refused.fields.exposed } ?? true
        try require(isOther, "another credential, or none, after .replay", saw: "the refused one again")
    },
    AuthenticatorCheck("holds no other credential than it supplies, after a refusal neither") { bench in
        let refused = try await bench.credential()
        let challenge = Challenge(scheme: "bearer", parameters: ["error": "invalid_token"])
        _ = try? await bench.authenticator.react(to: [challenge], of: bench.attempt(), rejecting: refused)
        let supplied = try await bench.authenticator.credential(for: bench.attempt(2))
        guard let held = bench.authenticator.heldCredential(at: bench.attempt().runtime.now()) else { return }
        try require(
            held.fields.exposed == supplied?.fields.exposed && held.origins == supplied?.origins,
            "the credential that it supplies, or none", saw: "another one")
    },
    AuthenticatorCheck("a task that is cancelled ends soon, with a credential, CancellationError or a TesseraError") {
        bench in
        let task = Task { try await bench.authenticator.credential(for: bench.attempt()) }
        task.cancel()
        do {
            _ = try await task.value
        } catch is CancellationError {
        } catch is TesseraError {
        } catch {
            throw ContractViolation(expected: "CancellationError or TesseraError", seen: "\(error)")
        }
    },
    AuthenticatorCheck("does not show its credential in its description or in a dump") { bench in
        let credential = try await bench.credential()
        for field in credential.fields.exposed {
            // Behind the scheme, where there is one.
            let value = field.value.split(separator: " ").last.map(String.init) ?? field.value
            guard value.utf8.count >= Secret.shortestRedactable else { continue }
            try requireNoLeak(of: Secret(value), in: bench.authenticator)
        }
    },
]
