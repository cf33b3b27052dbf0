import HTTPTypes
import Synchronization
public import TesseraCore

/// A transport that records what a real one does, once, and plays it back ever after.
///
/// ```swift
/// try await Cassette.use("Fixtures/users.json", mode: .once, recording: transport) { cassette in
///     let api = try Session("https://api.example.com", transport: cassette)
///     print(try await api.get("/users/1").json(User.self).name)
/// }
/// ```
///
/// Nothing secret is written: bodies are decompressed first; then the values of credentials, of cookies and of names
/// such as `access_token` in headers, URLs, forms and JSON, and every living ``TesseraCore/Secret`` in each of its
/// encodings, are replaced by tags such as `[secret:access_token-1]`. A replay matches whatever the secret is by then.
/// What cannot be looked into (an unknown content coding, a secret inside a compressed file) is not recorded: the call
/// fails and says so.
///
/// Requests match by method, URL and body; each recorded answer is played once, in order.
public final class Cassette: Transport {
    /// When something is recorded.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The first time: when there is no file yet. Afterwards an unknown request fails.
        case once
        /// Whatever is not on the cassette yet.
        case newEpisodes
        /// Never. Without a file the cassette cannot be opened.
        case none
    }

    struct State: Sendable {
        var interactions: [CassetteInteraction]
        var isPlayed: [Bool]
        var scrubber: CassetteScrubber
        var recorded = 0
        var failure: CassetteFailure?
    }

    /// What the recorded transport can do; for a replay alone what a mock can.
    public let capabilities: TransportCapabilities
    private let state: Mutex<State>
    private let file: CassetteFile
    private let recorder: (any Transport)?
    private let comparesBody: Bool

    /// Opens a cassette.
    ///
    /// - Parameters:
    ///   - path: Of the JSON file; large bodies stand in a directory beside it.
    ///   - mode: When something is recorded.
    ///   - transport: What is recorded; nil plays only.
    ///   - secretNames: Further names of headers, query items, form fields and JSON members whose values are secrets.
    ///   - comparesBody: Whether the body of a request has to match; turn it off for bodies with random parts.
    /// - Throws: ``CassetteFailure`` when the file cannot be read, or is missing in mode ``Mode/none``.
    public init(
        _ path: String, mode: Mode = .once, recording transport: (any Transport)? = nil, secretNames: [String] = [],
        comparesBody: Bool = true
    ) throws {
        file = CassetteFile(path: path)
        self.comparesBody = comparesBody
        var scrubber = CassetteScrubber(names: SensitiveNames.standard.adding(secretNames))
        let exists = file.exists
        guard exists || mode != .none else {
            throw CassetteFailure("there is no cassette \(path); record it with mode .once")
        }
        let loaded = exists ? try file.load() : (interactions: [], text: "")
        scrubber.learn(tagsIn: loaded.text)
        recorder = mode == .newEpisodes || (mode == .once && !exists) ? transport : nil
        capabilities = transport?.capabilities ?? [.provablyUnprocessed, .countsSentBytes, .headerLimits]
        state = Mutex(
            State(
                interactions: loaded.interactions,
                isPlayed: [Bool](repeating: false, count: loaded.interactions.count), scrubber: scrubber))
    }

    /// Opens a cassette for `body`, and writes it afterwards if something was recorded, however `body` ended.
    ///
    /// - Throws: ``CassetteFailure``, and whatever `body` throws.
    public static func use<Result>(
        _ path: String, mode: Mode = .once, recording transport: (any Transport)? = nil, secretNames: [String] = [],
        comparesBody: Bool = true, _ body: (Cassette) async throws -> Result
    ) async throws -> Result {
        let cassette = try Cassette(
            path, mode: mode, recording: transport, secretNames: secretNames, comparesBody: comparesBody)
        let result: Result
        do {
            result = try await body(cassette)
        } catch {
            try? cassette.save()
            throw error
        }
        try cassette.save()
        return result
    }

    /// How many answers were recorded since it was opened.
    public var recorded: Int { state.withLock { $0.recorded } }

    /// The recorded requests that no one has asked for since it was opened.
    public var unplayed: [String] {
        state.withLock { state in
            zip(state.interactions, state.isPlayed).filter { !$0.1 }.map { "\($0.0.method) \($0.0.url)" }
        }
    }

    /// Writes what was recorded, if anything was.
    ///
    /// - Throws: ``CassetteFailure`` when it cannot be written, or when something could not be recorded without a
    ///   secret in it; then nothing is written.
    public func save() throws {
        let interactions = try state.withLock { state throws -> [CassetteInteraction]? in
            if let failure = state.failure { throw failure }
            guard state.recorded > 0 else { return nil }
            // Once more: a secret may have become known after the exchange in which it stood.
            return try state.interactions.map { interaction in
                guard let clean = interaction.scrubbedByValue(&state.scrubber) else { throw Self.unclean(interaction) }
                return clean
            }
        }
        if let interactions { try file.save(interactions) }
    }

    // MARK: - Transport

    /// Plays the recorded answer, or records one.
    public func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        var request = request
        let body = try await prepare(&request)
        guard let recorder = recorderUnless(request, body) else { return try play(request, body) }
        let reply = try await recorder.send(request)
        try record(request, body, reply)
        return reply
    }

    /// The same, the body in pieces. An answer is recorded when its body was read to the end.
    public func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        var request = request
        let body = try await prepare(&request)
        guard let recorder = recorderUnless(request, body) else {
            let reply = try play(request, body)
            var rest = reply.body[...]
            return try await consume(
                TransportStream(head: reply.head) { () async throws(TransportFailure) in
                    defer { rest = rest.dropFirst(1024) }
                    return rest.isEmpty ? nil : rest.prefix(1024)
                })
        }
        let sent = request
        return try await recorder.stream(sent) { stream in
            var reply = TransportReply(head: stream.head)
            return try await consume(
                TransportStream(head: stream.head) { () async throws(TransportFailure) in
                    guard let chunk = try await stream.nextChunk() else {
                        try self.record(sent, body, reply)
                        return nil
                    }
                    reply.body += chunk
                    return chunk
                })
        }
    }

    /// Shuts down what is recorded.
    public func shutdown() async { await recorder?.shutdown() }

    private func prepare(_ request: inout TransportRequest) async throws(TransportFailure) -> [UInt8] {
        guard request.runtime.now() < request.deadline else {
            throw TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent, message: "the deadline was over before the request")
        }
        let body = try await MockTransport.collect(request.body)
        if case .stream = request.body { request.body = .bytes(body) }
        return body
    }

    private static func unclean(_ interaction: CassetteInteraction) -> CassetteFailure {
        CassetteFailure(
            "a body of \(interaction.method) \(interaction.url) holds a secret that cannot be taken out of it")
    }
}

extension Cassette {
    /// The transport to record; nil when the cassette has the answer, or nothing may be recorded.
    private func recorderUnless(_ request: TransportRequest, _ body: [UInt8]) -> (any Transport)? {
        guard let recorder else { return nil }
        return match(request, body) == nil ? recorder : nil
    }

    /// The request as it would be kept.
    private func key(
        _ request: TransportRequest, _ body: [UInt8], _ scrubber: inout CassetteScrubber
    ) -> CassetteInteraction? {
        (try? CassetteInteraction(request, body: body, scrubber: &scrubber))?.scrubbedByValue(&scrubber)
    }

    private func match(_ request: TransportRequest, _ body: [UInt8]) -> Int? {
        state.withLock { state in
            var scrubber = state.scrubber
            guard let key = key(request, body, &scrubber) else { return nil }
            return state.interactions.indices.first { index in
                !state.isPlayed[index]
                    && state.interactions[index].mismatches(key, comparesBody: comparesBody).isEmpty
            }
        }
    }

    private func play(_ request: TransportRequest, _ body: [UInt8]) throws(TransportFailure) -> TransportReply {
        var taken: TransportReply?
        // Of two that ask for the same at the same time, the second takes the next.
        while taken == nil, let index = match(request, body) { taken = take(index) }
        guard let reply = taken else { throw unexpected(request, body) }
        guard reply.body.count <= request.limits.bodyBytes else {
            throw TransportFailure(
                .limitExceeded, phase: .body, progress: .sent(bytes: nil),
                message: "the answer's body is longer than \(request.limits.bodyBytes) bytes")
        }
        return reply
    }

    /// Marks an answer as played; nil when it was already, or is none.
    private func take(_ index: Int) -> TransportReply? {
        state.withLock { state in
            guard !state.isPlayed[index] else { return nil }
            state.isPlayed[index] = true
            return state.interactions[index].reply
        }
    }

    private func unexpected(_ request: TransportRequest, _ body: [UInt8]) -> TransportFailure {
        let problem = state.withLock { state -> UnexpectedRequest in
            var scrubber = state.scrubber
            let key = key(request, body, &scrubber)
            let open = state.interactions.indices.filter { !state.isPlayed[$0] }
            let near = open.compactMap { index in
                key.map { (index, state.interactions[index].mismatches($0, comparesBody: comparesBody)) }
            }.min { left, right in
                left.1.reduce(0) { $0 + $1.weight } < right.1.reduce(0) { $0 + $1.weight }
            }
            let recorded = state.interactions
            let name = { (index: Int) in
                "\(recorded[index].method) \(recorded[index].url) (interaction \(index + 1))"
            }
            return UnexpectedRequest(
                request: "\(request.head.method.rawValue) \(key?.url ?? request.origin.description)",
                nearest: near.map { (name($0.0), $0.1) }, prepared: open.map(name))
        }
        return TransportFailure(
            .unexpectedRequest, phase: .connect, progress: .nothingSent,
            message: "the cassette \(file.path) has it not: \(problem.line)", underlying: problem)
    }

    private func record(
        _ request: TransportRequest, _ body: [UInt8], _ reply: TransportReply
    ) throws(TransportFailure) {
        let failure = state.withLock { state -> CassetteFailure? in
            do {
                var interaction = try CassetteInteraction(request, body: body, scrubber: &state.scrubber)
                try interaction.answer(reply.head, reply.body, scrubber: &state.scrubber)
                guard let clean = interaction.scrubbedByValue(&state.scrubber) else { throw Self.unclean(interaction) }
                state.interactions.append(clean)
                state.isPlayed.append(true)
                state.recorded += 1
                return nil
            } catch {
                let failure = error as? CassetteFailure ?? Self.unreadable(error, request)
                state.failure = state.failure ?? failure
                return failure
            }
        }
        guard let failure else { return }
        throw TransportFailure(
            .unsupported, phase: .body, progress: .sent(bytes: nil), message: failure.description, underlying: failure)
    }

    private static func unreadable(_ error: any Error, _ request: TransportRequest) -> CassetteFailure {
        let place = "\(request.head.method.rawValue) \(request.origin)"
        if case ContentCoding.Failure.unknown(let name)? = error as? ContentCoding.Failure {
            return CassetteFailure(
                "a body of \(place) is encoded as \(name), which a cassette cannot look into; ask for gzip or identity")
        }
        return CassetteFailure("a compressed body of \(place) is malformed")
    }
}
