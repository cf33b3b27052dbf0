#if OAuth
import TesseraCore

/// What becomes of tokens that are handed in for a login: a pure function of them and of the record that is there.
enum LoginBeginning: Sendable {
    /// The store has this login, perhaps with newer tokens.
    case use
    /// It is a new login.
    case write(LoginRecord, replacing: StoreVersion?)
    /// They are the tokens of a login that was logged out here.
    case loggedOut
    /// The store has a login of somebody else under this name (threat A7).
    case otherAccount

    init(
        _ tokens: TokenSet, tag: String, found: RotationStateMachine.Found, login: String, scope: Set<String>,
        resource: String?, replacesOtherAccount: Bool = false, now: MonotonicInstant
    ) {
        let old = found.stored
        if let record = old?.record, record.originTag == tag || found.tag == tag || found.spareTag == tag {
            self = record.state.isTombstone ? .loggedOut : .use
            return
        }
        if !replacesOtherAccount, let record = old?.record, !record.state.isTombstone, let there = record.account,
            let new = tokens.subject, new != there
        {
            self = .otherAccount
            return
        }
        var access: [LoginRecord.StoredAccessToken] = []
        if let value = tokens.accessToken {
            let age = tokens.issuedAt.map { max(.zero, $0.duration(to: now)) } ?? .zero
            let issued = found.reading.earliest(at: now)
            access = [
                LoginRecord.StoredAccessToken(
                    scope: scope, resource: resource, value: value,
                    issuedAt: StoreTime(issued.time.advanced(by: .zero - age), epoch: issued.epoch),
                    lifetime: tokens.lifetime, granted: tokens.scope)
            ]
        }
        var record = LoginRecord(
            login: login, generation: 1, state: .ready, refreshToken: tokens.refreshToken, accessTokens: access,
            spare: nil, fence: old?.record.fence ?? 0, note: nil)
        record.storeEpoch = found.reading.time.epoch
        record.originTag = tag
        record.account = tokens.subject
        self = .write(record, replacing: old?.version)
    }
}
#endif
