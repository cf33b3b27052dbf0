#if OAuth
import TesseraCore

/// The two ends of a login: its first record, and its logout.
extension RotatingLogin {
    /// Stores tokens as a new login, unless the store has this login already.
    func begin(
        _ tokens: TokenSet, settings: LoginSettings, runtime: Runtime
    ) async throws {
        for _ in 0..<16 {
            let found = try await readForBeginning(settings.replacesUnreadable, runtime)
            let tag = try await setting.store.tag(of: tokens.refreshToken)
            let beginning = LoginBeginning(
                tokens, tag: tag, found: found, login: RotatingLogin.name(runtime), scope: Set(settings.scope),
                resource: settings.resource, replacesOtherAccount: settings.replacesOtherAccount, now: runtime.now())
            switch beginning {
            case .use: return
            case .loggedOut:
                throw TesseraError.loginRequired(.loggedOut, "these tokens belong to a login that was logged out")
            case .otherAccount:
                throw TesseraError(
                    .misconfigured, "the tokens are of another person than the login that is stored under this name",
                    remedy: "ask who is meant; then set replacesOtherAccount, or pass another subject:")
            case .write(let record, let version):
                do {
                    _ = try await setting.store.save(record, for: setting.key, replacing: version)
                    journal(.began, record, runtime)
                    return
                } catch is TokenStoreConflict {
                    continue
                }
            }
        }
        throw TesseraError.retryLater(after: nil, "the login could not be stored: others kept writing it")
    }

    /// A record that cannot be read any more makes place for a new login.
    private func readForBeginning(
        _ replacesUnreadable: Bool, _ runtime: Runtime
    ) async throws -> RotationStateMachine.Found {
        do {
            return try await setting.read(runtime)
        } catch let error as TesseraError
            where replacesUnreadable && [.storeTampered, .storeCopied, .storeRolledBack].contains(error.code)
        {
            try await setting.store.discard(setting.key)
            return try await setting.read(runtime)
        }
    }

    /// Makes sure that the store has a login, and removes what an earlier logout left.
    func open(runtime: Runtime) async throws {
        guard let record = try await setting.read(runtime).stored?.record else {
            throw RotationFailure.notLoggedIn.error(setting.key)
        }
        guard case .dead(let dead) = record.state else { return }
        if dead.reason == .loggedOut { await resumeLogout(runtime: runtime, transport: nil) }
        throw RotationFailure.loginRequired(dead).error(setting.key)
    }

    /// Ends the login here, durably, then at the server.
    ///
    /// - Returns: Whether the server confirmed; if not, the next start asks it again.
    /// - Throws: ``TesseraError`` when the store cannot be written; then the login is still there.
    func logout(runtime: Runtime, transport: (any Transport)?) async throws -> Bool {
        let machine = LogoutStateMachine(limits: setting.limits, newLogin: RotatingLogin.name(runtime))
        switch await drive(machine, runtime, transport) {
        case .done, .nothing: return true
        case .unrevoked: return false
        case .failed(let error):
            throw error ?? TesseraError(.storeFailed, "the login could not be ended: others kept writing it")
        }
    }

    /// Tries again what an earlier logout could not revoke, and removes what is not needed any more.
    func resumeLogout(runtime: Runtime, transport: (any Transport)?) async {
        _ = await drive(
            LogoutStateMachine(limits: setting.limits, newLogin: RotatingLogin.name(runtime), onlyResumes: true),
            runtime, transport)
    }

    private func drive(
        _ machine: LogoutStateMachine, _ runtime: Runtime, _ transport: (any Transport)?
    ) async -> LogoutStateMachine.Outcome {
        var machine = machine
        var events: [LogoutStateMachine.Event] = [.start]
        while let event = events.popLast() {
            for effect in machine.handle(event, at: runtime.now()) {
                switch effect {
                case .record(let step):
                    setting.journal.write(step, runtime: runtime, process: setting.holder.nonce)
                case .finish(let outcome): return outcome
                default: events.append(await perform(effect, runtime, transport))
                }
            }
        }
        return .failed(nil)
    }

    private func perform(
        _ effect: LogoutStateMachine.Effect, _ runtime: Runtime, _ transport: (any Transport)?
    ) async -> LogoutStateMachine.Event {
        do {
            switch effect {
            case .read: return .loaded(try await setting.read(runtime))
            case .save(let record, let version):
                return .saved(try await setting.store.save(record, for: setting.key, replacing: version))
            case .remove(let version):
                try await setting.store.remove(setting.key, replacing: version)
                return .removed
            case .revoke(let token):
                return .revoked(
                    isDone: await setting.endpoint.revoke(token, runtime: runtime, transport: transport))
            case .record, .finish: return .start
            }
        } catch is TokenStoreConflict {
            return .conflict
        } catch {
            return .storeFailed(error as? TesseraError)
        }
    }

    private func journal(_ kind: RotationJournal.Kind, _ record: LoginRecord, _ runtime: Runtime) {
        setting.journal.write(
            RotationJournal.Step(kind, login: record.login, generation: record.generation), runtime: runtime,
            process: setting.holder.nonce)
    }

    /// A random name for a login or a process.
    static func name(_ runtime: Runtime) -> String {
        [runtime.random(), runtime.random()].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
#endif
