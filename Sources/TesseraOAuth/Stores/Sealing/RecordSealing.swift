#if OAuth
import TesseraCore

/// Turns a ``LoginRecord`` into the bytes of an entry and back: pure but for the random nonces.
struct RecordSealing: Sendable {
    let keyring: Keyring

    /// The bytes of an entry.
    func seal(_ record: LoginRecord, for key: TokenKey) throws -> [UInt8] {
        let place = SealedField.Place(key: key, login: record.login, generation: record.generation)
        var sealed = record.unknown.sealed
        if let token = record.refreshToken { try add(token, SealedField.Name.refreshToken, place, &sealed) }
        if let token = record.spare { try add(token, SealedField.Name.spare, place, &sealed) }
        var accessTokens: [LoginDocument.AccessTokenMembers] = []
        for (index, token) in record.accessTokens.enumerated() {
            let field = SealedField.Name.accessToken(index)
            try add(token.value, field, place, &sealed)
            accessTokens.append(LoginDocument.AccessTokenMembers(token, field: field))
        }
        let document = LoginDocument(record, accessTokens: accessTokens, sealed: sealed)
        var envelope = SealedEnvelope(
            format: max(SealedEnvelope.format, record.unknown.format), needs: max(1, record.unknown.needs), key: "",
            login: record.login, generation: record.generation, body: "")
        return try envelope.seal(JSONCoding().encode(document), for: key, keyring.current)
    }

    /// The record of an entry.
    func open(_ bytes: [UInt8], for key: TokenKey) throws -> LoginRecord {
        let envelope = try SealedEnvelope.parse(bytes)
        let plain = try envelope.open(for: key, keyring)
        let document: LoginDocument
        do {
            document = try JSONCoding().decode(LoginDocument.self, from: plain)
        } catch {
            // It was sealed with our key, so a release wrote it that means something else by these members.
            throw StoreFailure.tooNew(format: max(envelope.format, envelope.needs))
        }
        let place = SealedField.Place(key: key, login: envelope.login, generation: envelope.generation)
        let secret = { (field: String) in try document.sealed[field].map { try self.open($0, field, place) } }
        var record = LoginRecord(
            login: envelope.login, generation: envelope.generation, state: document.state,
            refreshToken: try secret(SealedField.Name.refreshToken), accessTokens: [],
            spare: try secret(SealedField.Name.spare), fence: document.fence)
        record.storeEpoch = document.storeEpoch
        record.originTag = document.originTag
        record.account = document.account
        record.note = document.note
        for members in document.accessTokens {
            guard let value = try secret(members.field) else {
                throw StoreFailure.tampered("the entry lacks a token that it lists")
            }
            record.accessTokens.append(members.token(value))
        }
        record.unknown = UnknownFields(
            members: document.unknown, sealed: document.sealed.filter { !SealedField.Name.isKnown($0.key) },
            format: envelope.format, needs: envelope.needs)
        return record
    }

    private func add(
        _ secret: Secret, _ field: String, _ place: SealedField.Place, _ sealed: inout [String: String]
    ) throws {
        sealed[field] = try SealedField.seal(secret, as: field, at: place, keyring.current)
    }

    private func open(_ text: String, _ field: String, _ place: SealedField.Place) throws -> Secret {
        do throws(SealedField.Failure) {
            return try SealedField.open(text, as: field, at: place, keyring)
        } catch {
            switch error {
            case .unknownKey(let id): throw StoreFailure.keyMismatch(id: id)
            case .refused: throw StoreFailure.tampered("a token in the entry was edited or belongs to another place")
            }
        }
    }
}

extension LoginDocument.AccessTokenMembers {
    init(_ token: LoginRecord.StoredAccessToken, field: String) {
        self.init(
            scope: token.scope.sorted(), resource: token.resource, field: field, issuedAt: token.issuedAt,
            lifetimeNanoseconds: token.lifetime?.clampedNanoseconds, granted: token.granted.sorted())
    }

    func token(_ value: Secret) -> LoginRecord.StoredAccessToken {
        LoginRecord.StoredAccessToken(
            scope: Set(scope), resource: resource, value: value, issuedAt: issuedAt,
            lifetime: lifetimeNanoseconds.map { .nanoseconds($0) }, granted: Set(granted))
    }
}
#endif
